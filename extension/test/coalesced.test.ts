import assert from "node:assert/strict";
import { test } from "node:test";
import { Coalesced } from "../src/coalesced";

/** A task whose runs end when the test says so. */
function controlled() {
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const task = new Coalesced(
    () =>
      new Promise((resolve, reject) => {
        ends.push({ resolve, reject });
      }),
  );
  return { task, ends };
}

const settle = () => new Promise(setImmediate);

test("calls during a run share one further run", async () => {
  const { task, ends } = controlled();
  const calls = [task.run(), task.run(), task.run()];
  assert.equal(ends.length, 1);

  ends[0]?.resolve();
  await settle();
  assert.equal(ends.length, 2);
  ends[1]?.resolve();

  await Promise.all(calls);
  assert.equal(ends.length, 2);
});

test("a failed run tells its caller and does not keep the next from starting", async () => {
  const { task, ends } = controlled();
  const first = task.run();
  const second = task.run();

  ends[0]?.reject(new Error("no"));
  await assert.rejects(first, /no/);
  await settle();
  ends[1]?.resolve();

  await second;
});
