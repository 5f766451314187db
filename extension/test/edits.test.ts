import assert from "node:assert/strict";
import { test } from "node:test";
import { changedRange, isUnchanged } from "../src/edits/changedRange";
import { parseEditRequest } from "../src/edits/request";

function applied(before: string, after: string): string {
  const { start, end, text } = changedRange(before, after);
  return before.slice(0, start) + text + before.slice(end);
}

test("replacing the changed range gives the proposed text", () => {
  const pairs: [string, string][] = [
    ["", "new"],
    ["old", ""],
    ["same", "same"],
    ["aaa", "aa"],
    ["aa", "aaa"],
    ["def f():\n    return 1\n", "def f():\n    return 2\n"],
    ["a\nb\nc", "a\nx\ny\nc"],
    ["🙂", "🙃"],
  ];
  for (const [before, after] of pairs) {
    assert.equal(applied(before, after), after);
  }
});

test("what is the same before and behind the change is left alone", () => {
  assert.deepEqual(changedRange("head old tail", "head new tail"), {
    start: 5,
    end: 8,
    text: "new",
  });
});

test("line ends alone do not make a document changed", () => {
  assert.ok(isUnchanged("a\r\nb", "a\nb"));
  assert.ok(!isUnchanged("a\nb ", "a\nb"));
});

test("a code action's request is checked before anything is asked", () => {
  const request = { kind: "fix", uri: "file:///a.py", startLine: 1, endLine: 2 };

  assert.deepEqual(parseEditRequest({ ...request, version: 3 }), { ...request, diagnostic: null });
  for (const broken of [undefined, null, {}, { ...request, kind: "rm" }, { ...request, uri: 1 }]) {
    assert.throws(() => parseEditRequest(broken), /Choose one of Tenon's code actions/);
  }
});
