import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { COMMAND_IDS } from "../src/commandIds";
import { SERVER_SETTINGS } from "../src/settings";

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; title: string }[];
    menus: Record<string, { command: string }[]>;
    viewsWelcome: { contents: string; when: string }[];
    configuration: { title: string; properties: Record<string, { scope: string }> }[];
  };
}

const text = readFileSync("package.json", "utf8");
const manifest = JSON.parse(text) as Manifest;
const words = JSON.parse(readFileSync("package.nls.json", "utf8")) as Record<string, string>;
const { commands, menus, configuration } = manifest.contributes;
const settings = Object.fromEntries(
  configuration.flatMap(({ properties }) => Object.entries(properties)),
);

/** Read by the extension itself. */
const OWN_SETTINGS = ["tenon.command", "tenon.trace.server"];
/** Numbers alone: they name no program, path, model or address. */
const HARMLESS = [
  "contextWindow",
  "threads",
  "endpointContextWindow",
  "endpointConnectTimeout",
  "endpointTimeout",
  "maxMinutes",
  "maxCandidates",
  "testTimeout",
  "parallelTickets",
  "index",
  "indexMaxFiles",
].map((name) => `tenon.${name}`);

test("every declared command is registered, and every registered one is declared", () => {
  const declared = commands.map(({ command }) => command);

  assert.deepEqual(declared.toSorted(), [...COMMAND_IDS].toSorted());
});

test("menus hold declared commands alone", () => {
  const known = new Set<string>(COMMAND_IDS);
  const strangers = Object.values(menus)
    .flat()
    .filter(({ command }) => !known.has(command));

  assert.deepEqual(strangers, []);
});

test("every text of the manifest has words, and no words are left over", () => {
  const used = [...text.matchAll(/"%([^%]+)%"/g)].map((match) => match[1]);

  assert.deepEqual([...new Set(used)].toSorted(), Object.keys(words).toSorted());
});

test("buttons of the welcome views run commands that exist", () => {
  const builtIn = /^(git\.|workbench\.|tenon\.chat\.focus$)/;
  const linked = Object.entries(words)
    .filter(([key]) => key.startsWith("welcome."))
    .flatMap(([, value]) => [...value.matchAll(/\(command:([^)]+)\)/g)])
    .map((match) => match[1] ?? "");
  const unknown = linked.filter(
    (command) => !builtIn.test(command) && !COMMAND_IDS.some((id) => id === command),
  );

  assert.ok(linked.length > 0);
  assert.deepEqual(unknown, []);
});

test("what is declared is sent to the server, and what is sent is declared", () => {
  const known = [...SERVER_SETTINGS.map((name) => `tenon.${name}`), ...OWN_SETTINGS];

  assert.deepEqual(Object.keys(settings).toSorted(), known.toSorted());
});

test("an untrusted workspace cannot choose what runs or where text is sent", () => {
  const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
  const open = Object.entries(settings)
    .filter(([, { scope }]) => scope.includes("overridable") || scope === "resource")
    .map(([name]) => name)
    .filter((name) => !restricted.includes(name));

  assert.deepEqual(open.toSorted(), HARMLESS.toSorted());
  assert.deepEqual(
    restricted.filter((name) => !(name in settings)),
    [],
  );
});

test("no folder, trusted or not, can lead the endpoint's key elsewhere", () => {
  assert.equal(settings["tenon.endpointUrl"]?.scope, "machine");
});

test("secrets have no setting", () => {
  assert.deepEqual(
    Object.keys(settings).filter((name) => /key|(?<!longTerm)uri|token|password/i.test(name)),
    [],
  );
});
