/** The chat's page: the extension owns the conversation, this draws it. */
import { agentName } from "../../src/agents";
import type { ChatState, FromChat, ToChat } from "../../src/chat/messages";
import { h, replace } from "../common/dom";
import { connect, forwardLinks, keepDraft, keptDraft } from "../common/host";
import "./chat.css";
import { Composer } from "./composer";
import { RunningElement, turnElement } from "./messages";
import { errorNotice, problemNotice, welcome } from "./welcome";

const host = connect<FromChat, ToChat>();
const send = (message: FromChat): void => {
  host.send(message);
};

const log = h("div", { class: "log", attributes: { role: "log", "aria-live": "off" } });
const notice = h("div", { class: "notices" });
const announcer = h("div", { class: "visually-hidden", attributes: { "aria-live": "polite" } });
let writing = false;
const composer = new Composer({
  send: (text) => {
    send({ type: "send", text });
  },
  cancel: () => {
    send({ type: "cancel" });
  },
  draft: (text) => {
    keepDraft(text);
    if (text && !writing) {
      send({ type: "writing" });
    }
    writing = text !== "";
  },
});
const main = h("main", { class: "scroll", attributes: { tabindex: "0" } }, log);
const app = document.querySelector("#app");
app?.append(main, announcer, notice, composer.element);

const drawn = new Map<string, HTMLElement>();
let running: RunningElement | undefined;
let first = true;

host.onMessage((message) => {
  switch (message.type) {
    case "state":
      keepingEndInView(() => {
        draw(message.state);
      });
      break;
    case "running":
      keepingEndInView(() => {
        running?.update(message.running);
      });
      break;
    case "draft":
      composer.fill(message.text);
      break;
  }
});

function draw(state: ChatState): void {
  const turns = state.turns.map((turn) => {
    const element = drawn.get(turn.id) ?? turnElement(turn, send);
    if (!drawn.has(turn.id) && !first && turn.role === "agent") {
      announcer.textContent = `${agentName(turn.agent ?? "")}: ${turn.text}`;
    }
    drawn.set(turn.id, element);
    return element;
  });
  running = state.running ? (running ?? new RunningElement()) : undefined;
  if (state.running) {
    running?.update(state.running);
  }
  const empty = turns.length === 0 && !running && !state.starting;
  const content = empty ? [welcome(fill, !state.problem)] : [...turns, running?.element];
  reconcile(content.filter((element) => element !== undefined));
  replace(
    notice,
    state.error ? errorNotice(state.error) : undefined,
    problemNotice(state, (command) => {
      send({ type: "action", command });
    }),
  );
  composer.setMode(state.running ? "cancel" : state.problem || state.starting ? "off" : "send");
  first = false;
}

/** Leave elements that stay where they are, so that selections and focus survive. */
function reconcile(elements: HTMLElement[]): void {
  elements.forEach((element, index) => {
    if (log.children[index] !== element) {
      log.insertBefore(element, log.children[index] ?? null);
    }
  });
  while (log.children.length > elements.length) {
    log.lastElementChild?.remove();
  }
}

function fill(text: string): void {
  composer.fill(text);
}

/** Follow the end of the conversation unless the person has scrolled away from it. */
function keepingEndInView(change: () => void): void {
  const atEnd = main.scrollHeight - main.scrollTop - main.clientHeight < 40;
  change();
  if (atEnd) {
    main.scrollTop = drawn.size ? main.scrollHeight : 0;
  }
}

setInterval(() => running?.tick(), 1000);
forwardLinks((address) => {
  send({ type: "openLink", address });
});
const draft = keptDraft();
if (draft) {
  composer.fill(draft);
}
send({ type: "ready" });
