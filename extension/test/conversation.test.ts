import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../src/chat/conversation";
import type { Turn } from "../src/protocol";

const reply: Turn = {
  id: "turn-1",
  sessionId: "s",
  role: "agent",
  agent: "project_manager",
  text: "Done.",
  createdAt: "2026-01-01T00:00:00Z",
};

test("pieces of a reply are put together in order and replaced by the finished reply", () => {
  const conversation = new Conversation();
  conversation.send("Hello");
  conversation.progress({ kind: "text", agent: "project_manager", text: "Do" });
  conversation.progress({ kind: "text", agent: "project_manager", text: "ne" });
  assert.equal(conversation.running?.text, "Done");

  conversation.finish(reply);

  assert.equal(conversation.running, undefined);
  assert.deepEqual(
    conversation.turns.map(({ role, text }) => [role, text]),
    [
      ["user", "Hello"],
      ["agent", "Done."],
    ],
  );
});

test("a step names the agent at work and its figures, and leaves the text alone", () => {
  const conversation = new Conversation();
  conversation.send("Hello");
  conversation.progress({ kind: "text", agent: "project_manager", text: "On it." });
  conversation.progress({
    kind: "step",
    agent: "architect",
    text: "planning",
    tokensPerSecond: 33.6,
    remainingSeconds: 70,
  });

  assert.equal(conversation.running?.agent, "architect");
  assert.equal(conversation.running.text, "On it.");
  assert.equal(conversation.running.step, "planning · 34 tok/s · about 1 min 10 s left");
});

test("elapsed time runs from the message on", () => {
  let now = 1000;
  const conversation = new Conversation(() => now);
  conversation.send("Hello");
  now += 12_500;
  conversation.tick();

  assert.equal(conversation.running?.elapsedSeconds, 12.5);
});

test("what had arrived of a stopped reply stays, marked as incomplete", () => {
  const conversation = new Conversation();
  conversation.send("Hello");
  conversation.progress({ kind: "text", agent: "spec_builder", text: "Half a" });

  conversation.stop();

  assert.equal(conversation.running, undefined);
  const last = conversation.turns.at(-1);
  assert.deepEqual([last?.text, last?.agent, last?.complete], ["Half a", "spec_builder", false]);
});

test("the next message clears the error of the one before", () => {
  const conversation = new Conversation();
  conversation.send("One");
  conversation.fail("No model.");
  assert.equal(conversation.error, "No model.");

  conversation.send("Two");

  assert.equal(conversation.error, undefined);
});

test("messages that were not kept never lend their id to another", () => {
  const conversation = new Conversation();
  conversation.send("One");
  const first = conversation.turns[0]?.id;
  conversation.fail("No.");
  conversation.load([]);

  conversation.send("Two");

  assert.notEqual(conversation.turns[0]?.id, first);
});

test("progress after the end is ignored", () => {
  const conversation = new Conversation();
  conversation.progress({ kind: "text", agent: "project_manager", text: "late" });

  assert.equal(conversation.running, undefined);
});

test("a failure that the server keeps in the conversation is not told twice", () => {
  const conversation = new Conversation();
  conversation.send("Hello");
  conversation.fail("No model.");

  conversation.load([{ ...reply, text: "I could not: No model.", complete: false }]);

  assert.equal(conversation.error, undefined);
});
