import type { FromSpec } from "../../src/spec/messages";
import type { Criterion, Requirement } from "../../src/protocol";
import { h, type Child } from "../common/dom";
import { markdownBlock } from "../common/markdown";

const STATUS: Record<NonNullable<Requirement["status"]>, string> = {
  none: "No ticket",
  planned: "Planned",
  inProgress: "In progress",
  review: "Needs review",
  done: "Done",
  blocked: "Blocked",
};

/** A requirement as it stands in the spec. */
export function requirementCard(
  requirement: Requirement,
  tickets: Record<string, string>,
  send: (message: FromSpec) => void,
): HTMLElement {
  const status = requirement.status ?? "none";
  const links = (requirement.ticketIds ?? []).map((ticketId) =>
    h(
      "button",
      {
        class: "link",
        attributes: { type: "button" },
        onClick: () => {
          send({ type: "showTicket", ticketId });
        },
      },
      tickets[ticketId] ?? ticketId,
    ),
  );
  return h(
    "article",
    { class: "card" },
    h(
      "header",
      { class: "card-head" },
      h("h3", {}, requirement.title),
      h("span", { class: `chip status-${status}` }, STATUS[status]),
    ),
    ...requirementBody(requirement),
    links.length > 0 &&
      h("p", { class: "tickets" }, h("span", { class: "faint" }, "Tickets"), ...links),
  );
}

/** Statement, the person's words, criteria and id of a requirement. */
export function requirementBody(requirement: Requirement): Child[] {
  const criteria = requirement.criteria ?? [];
  return [
    h("p", { class: "id faint" }, requirement.id),
    markdownBlock(requirement.statement, "statement"),
    requirement.source ? h("blockquote", { class: "source" }, requirement.source) : undefined,
    criteria.length > 0 && h("ul", { class: "criteria" }, ...criteria.map(criterionItem)),
  ];
}

function criterionItem(criterion: Criterion): HTMLElement {
  return h(
    "li",
    {},
    h("span", { class: "criterion-id faint" }, criterion.id),
    h("div", {}, markdownBlock(criterion.text), example(criterion)),
  );
}

function example({ call, expected, raises, origin }: Criterion): Child {
  if (!call) {
    return undefined;
  }
  const mine = origin === "person" && h("span", { class: "origin faint" }, "your example");
  const outcome = raises ? ["raises", raises] : ["→", expected ?? ""];
  return h(
    "p",
    { class: "example" },
    h("code", {}, call),
    h("span", { class: "faint" }, outcome[0] ?? ""),
    h("code", {}, outcome[1] ?? ""),
    mine,
  );
}
