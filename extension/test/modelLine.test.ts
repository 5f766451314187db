import assert from "node:assert/strict";
import { test } from "node:test";
import { modelLine } from "../src/modelLine";
import type { Model } from "../src/protocol";

const MODEL: Model = { id: "coder", tier: "standard", kind: "local", state: "ready" };

test("a model in memory shows what it takes and does", () => {
  const busy = { memoryBytes: 1.5 * 1024 ** 3, running: 2, queueLength: 1, tokensPerSecond: 11.04 };
  assert.equal(
    modelLine({ ...MODEL, ...busy }),
    "coder (local, ready, 1.5 GiB, 2 running, 1 waiting, 11.0 tokens/s)",
  );
});

test("a model that is not in memory shows its state alone", () => {
  assert.equal(modelLine({ ...MODEL, state: "stopped", memoryBytes: 0 }), "coder (local, stopped)");
});
