/** The spec's page: proposals first, then the requirements as they stand. */
import type { SpecResult } from "../../src/protocol";
import type { FromSpec, SpecState, ToSpec } from "../../src/spec/messages";
import { button, h, replace, type Child } from "../common/dom";
import { connect, forwardLinks } from "../common/host";
import { icon } from "../common/icons";
import { proposalCard } from "./proposals";
import { requirementCard } from "./requirements";
import "./spec.css";

const host = connect<FromSpec, ToSpec>();
const send = (message: FromSpec): void => {
  host.send(message);
};
const page = h("main", { class: "page" });
document.querySelector("#app")?.append(page);

host.onMessage((message) => {
  switch (message.type) {
    case "state":
      draw(message.state);
      break;
    case "reveal": {
      const proposal = document.getElementById(message.proposalId);
      proposal?.scrollIntoView({ block: "start" });
      proposal?.focus({ preventScroll: true });
      break;
    }
  }
});

let noticeShown: string | undefined;

function draw(state: SpecState): void {
  const { spec, notice } = state;
  replace(page, ...(spec ? specContent(spec, state) : [waiting(state)]));
  if (notice && notice.text !== noticeShown) {
    page.querySelector(".notice")?.scrollIntoView({ block: "center" });
  }
  noticeShown = notice?.text;
}

function specContent(spec: SpecResult, state: SpecState): Child[] {
  return [
    head(spec),
    state.notice &&
      h(
        "p",
        { class: `notice ${state.notice.kind}`, attributes: { role: "status" } },
        state.notice.text,
      ),
    ...spec.proposals.map((proposal) => proposalCard(proposal, state.busy, send)),
    ...requirements(spec, state),
  ];
}

function head(spec: SpecResult): HTMLElement {
  const file = h(
    "button",
    {
      class: "link file",
      title: "Open the Markdown file",
      attributes: { type: "button" },
      onClick: () => {
        send({ type: "openFile" });
      },
    },
    icon("document"),
    spec.path,
  );
  return h(
    "header",
    { class: "page-head" },
    h("h1", {}, spec.title || "Spec"),
    spec.exists && file,
  );
}

function requirements(spec: SpecResult, state: SpecState): Child[] {
  if (spec.requirements.length) {
    return [
      h("h2", { class: "section" }, "Requirements"),
      ...spec.requirements.map((requirement) => requirementCard(requirement, state.tickets, send)),
    ];
  }
  return spec.proposals.length ? [] : [empty()];
}

function empty(): HTMLElement {
  return h(
    "section",
    { class: "empty" },
    h("p", {}, "The spec is empty. Tell the team what to build, and it proposes requirements."),
    button("Open Chat", () => {
      send({ type: "openChat" });
    }),
  );
}

function waiting(state: SpecState): HTMLElement {
  return h("p", { class: "empty faint" }, state.problem ?? "Reading the spec…");
}

forwardLinks((address) => {
  send({ type: "openLink", address });
});
send({ type: "ready" });
