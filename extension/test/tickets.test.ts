import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ticket, TicketDetail, TicketStateName } from "../src/protocol";
import { contextValue, description, grouped, groupOf, iconOf } from "../src/tickets/groups";
import { escapeMarkdown, ticketPage, ticketTooltip } from "../src/tickets/markdown";

function ticket(state: TicketStateName, fields: Partial<Ticket> = {}): Ticket {
  return {
    id: `tkt-${state}`,
    revision: 1,
    title: state,
    state,
    priority: 1,
    createdAt: "",
    updatedAt: "",
    ...fields,
  };
}

const STATES: TicketStateName[] = [
  "draft",
  "ready",
  "testing",
  "implementing",
  "review",
  "conflicted",
  "merged",
  "blocked",
  "rejected",
];

test("every state has a group, and what needs the person comes first", () => {
  const groups = [...grouped(STATES.map((state) => ticket(state))).keys()].map(({ id }) => id);

  assert.deepEqual(groups, [
    "review",
    "conflicted",
    "working",
    "blocked",
    "ready",
    "draft",
    "merged",
    "rejected",
  ]);
});

test("groups without a ticket are not shown", () => {
  assert.equal(grouped([]).size, 0);
});

test("a ticket that is being worked on is in progress and can be cancelled", () => {
  const running = ticket("ready", { running: true });

  assert.equal(groupOf(running).id, "working");
  assert.equal(contextValue(running), "ticket.running");
});

test("the page of a conflicted ticket names the files and the choices", () => {
  const conflicted = ticket("conflicted", {
    note: "Rebase the ticket, or reject it.",
    conflicts: ["src/a`b.py", "c.py"],
  });

  const page = ticketPage({ ticket: conflicted, evidence: {}, log: [] });

  assert.match(page, /> Rebase the ticket, or reject it\./);
  assert.match(page, /## Files in conflict\n\n- `` src\/a`b\.py ``\n- `c\.py`/);
});

test("the page says where code that passes the tests disagrees, and what search changed", () => {
  const evidence = {
    doubts: ["f('') gives None; 3 of 5 candidates give ''"],
    mutatedLines: [4, 7],
    mutations: ["`<` for `<=`"],
    rungs: [
      {
        rung: "mutation",
        candidates: 1,
        completionTokens: 0,
        seconds: 3.4,
        bestPassed: 5,
        tests: 5,
      },
    ],
  };

  const page = ticketPage({ ticket: ticket("review"), evidence, log: [] });

  assert.match(page, /## Please decide[^]*3 of 5 candidates/);
  assert.match(page, /not by a model: lines 4, 7/);
  assert.match(page, /\| mutation \| 1 \| 0 \| 3 \| 5 of 5 \|/);
});

test("what the team does not call done says so before anything else is asked", () => {
  const evidence = { reservation: "no code passes `f(1)` as it was written" };
  const page = ticketPage({ ticket: ticket("review"), evidence, log: [] });
  assert.match(page, /## Please decide\n\n\*\*The team does not call this done:\*\* no code/);
  assert.doesNotMatch(page, /The tests do not settle this/);
  const tooltip = ticketTooltip({ ticket: ticket("review"), evidence, log: [] });
  assert.match(tooltip, /does not call this done/);
  const called = ticketPage({ ticket: ticket("review"), evidence: {}, log: [] });
  assert.doesNotMatch(called, /Please decide/);
});

test("a criterion that is nothing but an example has one colon", () => {
  const criteria = [{ id: "AC-1", text: "Example:", call: "f(1)", expected: "2" }];
  const page = ticketPage({ ticket: { ...ticket("review"), criteria }, evidence: {}, log: [] });
  assert.match(page, /AC\\-1 Example: `f\(1\)` → `2`/);
});

test("a ticket that is not called done stands out in the tree", () => {
  const fields = { targetFile: "a.py", priority: 2 };
  const doubted = ticket("review", { ...fields, reservation: "most other code says otherwise" });
  assert.equal(description(doubted), "not called done · a.py · priority 2");
  assert.equal(iconOf(doubted).icon, "question");
  const called = ticket("review", fields);
  assert.equal(description(called), "a.py · priority 2");
  assert.equal(iconOf(called).icon, "git-pull-request");
  assert.equal(iconOf({ ...doubted, running: true }).icon, "loading~spin");
});

test("text of a model cannot add markup to a ticket's page", () => {
  const hostile = "[x](command:evil) <img src=x> **b** `c`";

  const escaped = escapeMarkdown(hostile);

  assert.doesNotMatch(escaped, /(?<!\\)[[\]()<>*`]/);
});

test("what a tool puts between backticks is shown as code, and nothing gets out of it", () => {
  const note = "fails with: `a_b(1)|` and *x*; a lone ` stays";
  const page = ticketPage({ ticket: ticket("blocked", { note }), evidence: {}, log: [] });
  assert.match(page, /> fails with: `a_b\(1\)\\\|` and \\\*x\\\*; a lone \\` stays/);
});

test("the page shows what proves the ticket", () => {
  const detail: TicketDetail = {
    ticket: ticket("review", {
      criteria: [{ id: "AC-1", text: "lower case", call: 'f("A")', expected: '"a"' }],
    }),
    evidence: {
      redRun: { command: "pytest", passed: 0, failed: 2, errors: 0, seconds: 0.5 },
      greenRun: { command: "pytest", passed: 2, failed: 0, errors: 0, seconds: 0.25 },
      commits: ["0123456789abcdef"],
    },
    log: [
      { id: "1", createdAt: "2026-01-01T10:00:00Z", agent: "tester", kind: "step", text: "red" },
    ],
  };

  const page = ticketPage(detail);

  assert.match(page, /Tests failed first: 0 passed, 2 failed in 0\.5 s/);
  assert.match(page, /Tests pass now: 2 passed, 0 failed/);
  assert.match(page, /`0123456789`/);
  assert.match(page, /`f\("A"\)` → `"a"`/);
  assert.match(page, /\*\*Tester\*\* red/);
  assert.doesNotMatch(ticketTooltip(detail), /Log/);
});

test("the page says what the repository's own checks find new, and what could not be run", () => {
  const checks = [
    { check: "ruff", kind: "lint" as const, command: "python -m ruff check", seconds: 0.1 },
    {
      check: "mypy",
      kind: "types" as const,
      command: "python -m mypy",
      seconds: 1,
      findings: ["a.py:3: no-untyped-def Function is missing a type annotation"],
      before: 2,
    },
    {
      check: "pylint",
      kind: "lint" as const,
      command: "python -m pylint",
      seconds: 0,
      problem: "pylint: exit code 32",
    },
  ];
  const evidence = { checks, repairs: ["ruff: 2 lines"] };
  const page = ticketPage({ ticket: ticket("review"), evidence, log: [] });

  assert.match(page, /- ruff: nothing new/);
  assert.match(page, /- mypy: 1 new finding, 2 from before/);
  assert.match(page, /pylint could not be run/);
  assert.match(page, /Repaired by tools: ruff/);
  assert.match(page, /## New findings of your checks\n\n- mypy: a\.py:3/);
});

test("without checks the page says nothing of them", () => {
  const page = ticketPage({ ticket: ticket("review"), evidence: {}, log: [] });

  assert.doesNotMatch(page, /findings|Repaired/);
});
