import type { RequirementChange, SpecProposal } from "../../src/protocol";
import type { Busy, FromSpec } from "../../src/spec/messages";
import { button, h, type Child } from "../common/dom";
import { avatar } from "../common/icons";
import { markdownBlock } from "../common/markdown";
import { requirementBody } from "./requirements";

type Send = (message: FromSpec) => void;
type Decide = (type: "accept" | "reject", requirementIds?: string[]) => () => void;

const KIND = { add: "New", modify: "Changed", remove: "Removed" } as const;

/** A proposal: what was asked, and each change with its own accept and reject. */
export function proposalCard(
  proposal: SpecProposal,
  busy: Busy | undefined,
  send: Send,
): HTMLElement {
  const working = busy?.proposalId === proposal.id;
  const pending = proposal.changes.filter((change) => change.status === "pending");
  const decide: Decide = (type, requirementIds) => () => {
    send({ type, proposalId: proposal.id, requirementIds });
  };
  const disabled = busy ? "" : undefined;
  return h(
    "section",
    { class: "proposal", attributes: { id: proposal.id, tabindex: "-1" } },
    h(
      "header",
      { class: "proposal-head" },
      avatar("spec_builder"),
      h("div", {}, h("h2", {}, "Proposed change"), h("p", { class: "request" }, proposal.request)),
    ),
    questions(proposal.questions ?? []),
    ...proposal.changes.map((change) =>
      changeCard(change, disabled, decide, pending.length > 1 ? "secondary" : "primary"),
    ),
    working ? progress(busy.step) : pending.length > 1 && footer(disabled, decide),
  );
}

function progress(step: string): HTMLElement {
  const spinner = h("span", { class: "spinner", attributes: { "aria-hidden": "true" } });
  return h("p", { class: "working", attributes: { role: "status" } }, spinner, step);
}

function footer(disabled: string | undefined, decide: Decide): HTMLElement {
  return h(
    "div",
    { class: "buttons" },
    button("Accept all", decide("accept"), "primary", { disabled }),
    button("Reject all", decide("reject"), "secondary", { disabled }),
  );
}

function changeCard(
  change: RequirementChange,
  disabled: string | undefined,
  decide: Decide,
  kind: "primary" | "secondary",
): HTMLElement {
  const title = change.after?.title ?? change.before?.title ?? change.requirementId;
  const ids = [change.requirementId];
  const label = (word: string) => ({ disabled, "aria-label": `${word} ${title}` });
  return h(
    "article",
    { class: `card change-${change.kind}` },
    h(
      "header",
      { class: "card-head" },
      h("h3", {}, title),
      h("span", { class: `chip kind-${change.kind}` }, KIND[change.kind]),
    ),
    ...sides(change),
    change.status === "pending"
      ? h(
          "div",
          { class: "buttons" },
          button("Accept", decide("accept", ids), kind, label("Accept")),
          button("Reject", decide("reject", ids), "secondary", label("Reject")),
        )
      : h("p", { class: "faint" }, change.status === "accepted" ? "Accepted" : "Rejected"),
  );
}

function sides({ kind, before, after }: RequirementChange): Child[] {
  if (kind === "modify" && before && after) {
    return [
      side("Now", "before", requirementBody(before)),
      side("Proposed", "after", requirementBody(after)),
    ];
  }
  const only = after ?? before;
  return only ? requirementBody(only) : [];
}

function side(label: string, which: "before" | "after", content: Child[]): HTMLElement {
  return h("div", { class: `side ${which}` }, h("h4", { class: "faint" }, label), ...content);
}

function questions(list: string[]): Child {
  return (
    list.length > 0 &&
    h(
      "div",
      { class: "questions" },
      h("h3", {}, list.length === 1 ? "A question to you" : "Questions to you"),
      h("ul", {}, ...list.map((question) => h("li", {}, markdownBlock(question)))),
      h("p", { class: "faint" }, "Answer in the chat, or accept the proposal as it is."),
    )
  );
}
