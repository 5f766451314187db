import assert from "node:assert/strict";
import { test } from "node:test";
import type { StatusResult } from "../src/protocol";
import { problemOf, teamState, type Situation } from "../src/teamState";

const ready: StatusResult = { repository: "/repo", branch: "main", ready: true };
const working: Situation = {
  hasFolder: true,
  trusted: true,
  connection: "running",
  connectionProblem: "",
  status: ready,
};

test("a ready team has no problem", () => {
  assert.equal(teamState(working), "ready");
  assert.equal(problemOf(working), undefined);
});

test("a missing folder and a missing trust come before everything else", () => {
  assert.equal(teamState({ ...working, hasFolder: false, trusted: false }), "noFolder");
  assert.equal(teamState({ ...working, trusted: false, connection: "stopped" }), "untrusted");
});

test("the server's own words are shown, with a way out", () => {
  const status: StatusResult = {
    ...ready,
    ready: false,
    problem: "The model x is not here.",
    problemCode: "noModel",
  };

  const problem = problemOf({ ...working, status });

  assert.equal(problem?.text, "The model x is not here.");
  assert.equal(problem.actions[0]?.command, "tenon.pullModel");
});

test("a server that cannot start says why", () => {
  const connectionProblem = "There is no “tenon” on the PATH.";

  const problem = problemOf({ ...working, connection: "failed", connectionProblem });

  assert.equal(problem?.text, connectionProblem);
});

test("a team that is not ready for a reason unknown here still has a way out", () => {
  const problem = problemOf({ ...working, status: { ...ready, ready: false } });

  assert.equal(problem?.actions[0]?.command, "tenon.doctor");
});
