import assert from "node:assert/strict";
import { test } from "node:test";
import { explicitSettings, type Inspection } from "../src/settings";

/** Settings as VS Code has them: what was set where, and the value in force. */
const configuration = (values: Record<string, Inspection & { value: unknown }>) => ({
  get: (name: string) => values[name]?.value,
  inspect: (name: string) => values[name],
});

test("defaults are not sent, so that they do not hide the environment", () => {
  const settings = explicitSettings(
    configuration({ offline: { value: true }, model: { globalValue: "", value: "" } }),
  );

  assert.deepEqual(settings, {});
});

test("what was set in any scope is sent at its value in force, false and zero included", () => {
  const settings = explicitSettings(
    configuration({
      offline: { globalValue: true, workspaceValue: false, value: false },
      memoryWait: { globalValue: 0, value: 0 },
      specPath: { workspaceValue: "a.md", workspaceFolderValue: "b.md", value: "b.md" },
    }),
  );

  assert.deepEqual(settings, { offline: false, memoryWait: 0, specPath: "b.md" });
});

test("objects of several scopes are sent as VS Code merged them", () => {
  const value = { developer: { threads: 2 }, tester: { model: "x" } };
  const settings = explicitSettings(
    configuration({
      agents: {
        globalValue: { developer: { threads: 2 } },
        workspaceValue: { tester: { model: "x" } },
        value,
      },
    }),
  );

  assert.deepEqual(settings, { agents: value });
});

test("a secret in the settings is never read", () => {
  const asked: string[] = [];
  const note = (name: string) => {
    asked.push(name);
    return undefined;
  };
  explicitSettings({ get: note, inspect: note });

  assert.ok(asked.length > 20);
  assert.ok(!asked.some((name) => /key|(?<!longTerm)uri/i.test(name)));
});
