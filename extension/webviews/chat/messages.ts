import { agentName, duration } from "../../src/agents";
import type { FromChat, RunningReply } from "../../src/chat/messages";
import type { Turn } from "../../src/protocol";
import { button, h, replace, type Child } from "../common/dom";
import { avatar } from "../common/icons";
import { renderMarkdown } from "../common/markdown";

type Send = (message: FromChat) => void;

/** A finished message. */
export function turnElement(turn: Turn, send: Send): HTMLElement {
  const mine = turn.role === "user";
  const type = mine ? "user" : (turn.agent ?? "");
  const name = mine ? "You" : agentName(type);
  const body = mine
    ? h("div", { class: "body plain" }, turn.text)
    : h("div", { class: "body markdown" }, turn.text ? renderMarkdown(turn.text) : undefined);
  return message(
    type,
    name,
    time(turn.createdAt),
    body,
    turn.complete === false && h("p", { class: "faint stopped" }, "Not finished."),
    actions(turn, send),
  );
}

/** The reply that is being written; `update` shows what arrived since. */
export class RunningElement {
  readonly element = h("article", {
    class: "message agent running",
    attributes: { "aria-busy": "true" },
  });
  readonly #body = h("div", { class: "body markdown" });
  readonly #step = h("span", { class: "step-text" });
  readonly #elapsed = h("span", { class: "step-elapsed" });
  #agent = "";
  #text = "";
  #startedAt = performance.now();

  update(running: RunningReply): void {
    this.#startedAt = performance.now() - running.elapsedSeconds * 1000;
    if (running.agent !== this.#agent) {
      this.#agent = running.agent;
      this.#build();
    }
    if (running.text !== this.#text) {
      this.#text = running.text;
      replace(this.#body, renderMarkdown(running.text));
    }
    this.#step.textContent = running.step || (running.text ? "Writing" : "Thinking");
    this.tick();
  }

  /** Bring the elapsed time up to date. */
  tick(): void {
    this.#elapsed.textContent = duration((performance.now() - this.#startedAt) / 1000);
  }

  #build(): void {
    const spinner = h("span", { class: "spinner", attributes: { "aria-hidden": "true" } });
    replace(
      this.element,
      header(this.#agent, agentName(this.#agent), ""),
      this.#body,
      h("p", { class: "step faint" }, spinner, this.#step, this.#elapsed),
    );
  }
}

function message(type: string, name: string, when: string, ...content: Child[]): HTMLElement {
  const kind = type === "user" ? "user" : "agent";
  return h(
    "article",
    { class: `message ${kind}`, attributes: { "aria-label": name } },
    header(type, name, when),
    ...content,
  );
}

function header(type: string, name: string, when: string): HTMLElement {
  return h(
    "header",
    {},
    avatar(type),
    h("h2", { class: "name" }, name),
    h("time", { class: "faint" }, when),
  );
}

function actions(turn: Turn, send: Send): Child {
  const buttons: HTMLElement[] = [];
  const { proposalId, ticketIds = [] } = turn;
  if (proposalId) {
    buttons.push(
      button("Open proposal", () => {
        send({ type: "openProposal", proposalId });
      }),
    );
  }
  if (ticketIds.length) {
    const label = ticketIds.length === 1 ? "Show ticket" : `Show ${ticketIds.length} tickets`;
    const kind = proposalId ? "secondary" : "primary";
    buttons.push(
      button(
        label,
        () => {
          send({ type: "showTickets", ticketIds });
        },
        kind,
      ),
    );
  }
  return buttons.length > 0 && h("div", { class: "buttons" }, ...buttons);
}

function time(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return "";
  }
  const today = date.toDateString() === new Date().toDateString();
  return today
    ? date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    : date.toLocaleDateString([], { day: "numeric", month: "short" });
}
