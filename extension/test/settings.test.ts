import assert from "node:assert/strict";
import { test } from "node:test";
import { explicitSettings, type Inspection } from "../src/settings";

const inspect = (values: Record<string, Inspection>) => (name: string) => values[name];

test("defaults are not sent, so that they do not hide the environment", () => {
  assert.deepEqual(explicitSettings(inspect({ offline: {}, model: { globalValue: "" } })), {});
});

test("the innermost scope wins, false and zero included", () => {
  const settings = explicitSettings(
    inspect({
      offline: { globalValue: true, workspaceValue: false },
      specPath: { workspaceValue: "a.md", workspaceFolderValue: "b.md" },
    }),
  );

  assert.deepEqual(settings, { offline: false, specPath: "b.md" });
});
