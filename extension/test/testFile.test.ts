import assert from "node:assert/strict";
import { test } from "node:test";
import { relativeTo, subjectOf } from "../src/tickets/testFile";

test("a test file's name tells which source file it is about", () => {
  assert.equal(subjectOf("tests/test_ledger.py"), "ledger.py");
  assert.equal(subjectOf("ledger_test.py"), "ledger.py");
  assert.equal(subjectOf("test/ledger.test.js"), "ledger.js");
  assert.equal(subjectOf("src/ledger.spec.ts"), "ledger.ts");
  assert.equal(subjectOf("ledger-test.mjs"), "ledger.mjs");
});

test("a file that no runner would collect is no test file", () => {
  for (const path of [
    "ledger.py",
    "tests/conftest.py",
    "test_.txt",
    "tests/testing.py",
    "src/spec.ts",
  ]) {
    assert.equal(subjectOf(path), undefined, path);
  }
});

test("a path is taken relative to the repository, and nothing outside of it", () => {
  assert.equal(relativeTo("/a/b", "/a/b/tests/test_x.py"), "tests/test_x.py");
  assert.equal(relativeTo("/a/b", "/a/bc/test_x.py"), undefined);
});
