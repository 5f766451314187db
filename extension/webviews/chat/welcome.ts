import type { ChatState } from "../../src/chat/messages";
import { button, h, type Child } from "../common/dom";
import { avatar, icon } from "../common/icons";

const EXAMPLES = [
  'Add a function slugify(text) that turns a title into a URL slug. For example slugify("Hello, World!") returns "hello-world".',
  "What does the spec ask for that is not built yet?",
  "How is the work going?",
];

const TEAM = ["project_manager", "spec_builder", "architect", "tester", "developer"];

/** What an empty conversation shows; examples to begin with only while the team can take them. */
export function welcome(pick: (text: string) => void, ready: boolean): HTMLElement {
  const examples = EXAMPLES.map((text) =>
    h(
      "button",
      {
        class: "example",
        attributes: { type: "button" },
        onClick: () => {
          pick(text);
        },
      },
      text,
    ),
  );
  return h(
    "section",
    { class: "welcome" },
    h("div", { class: "faces", attributes: { "aria-hidden": "true" } }, ...TEAM.map(avatar)),
    h("h2", {}, "What shall the team build?"),
    h(
      "p",
      { class: "faint" },
      "Say it in a sentence. You agree on the spec, the Tester writes a failing test, " +
        "the Developer makes it pass, and you accept the merge. All on this machine.",
    ),
    ready && h("div", { class: "examples" }, ...examples),
  );
}

/** Why the team cannot take a request, with what to do. */
export function problemNotice(state: ChatState, act: (command: string) => void): Child {
  const { problem } = state;
  if (!problem) {
    return state.starting && h("p", { class: "notice faint" }, "The team is getting ready…");
  }
  const buttons = problem.actions.map((action, index) =>
    button(
      action.title,
      () => {
        act(action.command);
      },
      index === 0 ? "primary" : "secondary",
    ),
  );
  return h(
    "section",
    { class: "notice warning", attributes: { role: "status" } },
    h("div", { class: "notice-text" }, icon("warning"), h("p", {}, problem.text)),
    h("div", { class: "buttons" }, ...buttons),
  );
}

/** Why the last message got no reply. */
export function errorNotice(message: string): HTMLElement {
  return h(
    "section",
    { class: "notice error", attributes: { role: "alert" } },
    h("div", { class: "notice-text" }, icon("warning"), h("p", {}, message)),
  );
}
