import assert from "node:assert/strict";
import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startProblem } from "../src/startProblem";

async function script(...lines: string[]): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "tenon start ü ")), "tenon");
  await writeFile(path, lines.join("\n") + "\n");
  await chmod(path, 0o755);
  return path;
}

async function told(command: string, why: RegExp): Promise<void> {
  const problem = (await startProblem(command)) ?? "";
  assert.match(problem, why);
  assert.match(problem, /Python 3\.11 or newer.*make setup.*tenon\.command/);
  assert.ok(problem.includes(command));
  assert.ok(!problem.includes("\n"));
}

test("a command whose Python was removed is told with what to do", async () => {
  await told(await script("#!/nowhere/.venv/bin/python", "import server"), /its Python is not/);
});

test("no Python on the PATH is told with what to do", async () => {
  await told(await script("#!/usr/bin/env python3.11-is-not-here"), /python3\.11-is-not-here/);
});

test("a Python without the server's packages is told with the one that is missing", async () => {
  const command = await script("#!/bin/sh", "exec python3 -I -S -c 'import tenon_is_not_here'");
  await told(command, /“ModuleNotFoundError: No module named 'tenon_is_not_here'”/);
});

test("a Python that is too old is told with its last words", async () => {
  const error = "ImportError: cannot import name 'StrEnum' from 'enum'";
  await told(await script("#!/bin/sh", `echo "${error}" >&2`, "exit 1"), /cannot import name/);
});

test("a command that ends in silence is told by its exit code", async () => {
  await told(await script("#!/bin/sh", "exit 3"), /exit code 3/);
});

test("nothing is said of a command that works", async () => {
  assert.equal(await startProblem(await script("#!/bin/sh", "cat")), undefined);
});
