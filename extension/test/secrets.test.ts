import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ENDPOINT_KEY,
  forgetSecret,
  MONGODB_URI,
  serverEnvironment,
  secretOf,
  setSecret,
} from "../src/secrets";

const KEY = "sk-hush-1234";

/** A secret store that counts what is written, and a person who types `answer`. */
function editor(kept: Record<string, string> = {}, answer?: string) {
  const values = new Map(Object.entries(kept));
  const told: string[] = [];
  let writes = 0;
  const store = {
    get: (key: string) => Promise.resolve(values.get(key)),
    store: (key: string, value: string) => {
      writes += 1;
      values.set(key, value);
      return Promise.resolve();
    },
    delete: (key: string) => {
      writes += 1;
      values.delete(key);
      return Promise.resolve();
    },
  };
  const dialogs = { ask: () => Promise.resolve(answer), tell: (text: string) => told.push(text) };
  return { store, dialogs, values, told, writes: () => writes };
}

test("the server gets what is kept by its environment, beside the editor's own", async () => {
  const uri = "mongodb://me:hush@localhost";
  const { store } = editor({ [ENDPOINT_KEY.key]: KEY, [MONGODB_URI.key]: uri });

  assert.deepEqual(await serverEnvironment(store, { PATH: "/bin", TENON_THREADS: "2" }), {
    PATH: "/bin",
    TENON_THREADS: "2",
    TENON_ENDPOINT_API_KEY: KEY,
    TENON_MONGODB_URI: uri,
  });
});

test("what the environment names is left as it is; an empty variable names nothing", async () => {
  const { store } = editor({ [ENDPOINT_KEY.key]: KEY });
  const given = { TENON_ENDPOINT_API_KEY: "other" };

  assert.deepEqual(await serverEnvironment(store, given), given);
  assert.deepEqual(await serverEnvironment(store, { TENON_ENDPOINT_API_KEY: "" }), {
    TENON_ENDPOINT_API_KEY: KEY,
  });
});

test("the editor's environment is not touched", async () => {
  const environment: NodeJS.ProcessEnv = {};
  await serverEnvironment(editor({ [ENDPOINT_KEY.key]: KEY }).store, environment);

  assert.deepEqual(environment, {});
});

test("a key is kept without the spaces around it and never told", async () => {
  const { store, dialogs, values, told } = editor({}, ` ${KEY}\n`);
  await setSecret(ENDPOINT_KEY, store, {}, dialogs);

  assert.equal(values.get(ENDPOINT_KEY.key), KEY);
  assert.equal(told.length, 1);
  assert.ok(!told[0]?.includes(KEY));
});

test("the same key again, and giving up, write nothing, so that nothing restarts", async () => {
  const same = editor({ [ENDPOINT_KEY.key]: KEY }, KEY);
  await setSecret(ENDPOINT_KEY, same.store, {}, same.dialogs);
  const givenUp = editor();
  await setSecret(ENDPOINT_KEY, givenUp.store, {}, givenUp.dialogs);

  assert.equal(same.writes(), 0);
  assert.equal(givenUp.writes(), 0);
  assert.deepEqual(givenUp.told, []);
});

test("a value that cannot be one is refused without being repeated", async () => {
  for (const [secret, value] of [
    [ENDPOINT_KEY, "hush hush"],
    [ENDPOINT_KEY, "hüsh"],
    [MONGODB_URI, "postgres://me:hush@localhost"],
    [MONGODB_URI, "mongodb://me:hush hush@localhost"],
  ] as const) {
    const { store, dialogs, writes } = editor({}, value);
    await assert.rejects(setSecret(secret, store, {}, dialogs), (error: Error) => {
      return !/h[uü]sh/.test(error.message);
    });
    assert.equal(writes(), 0);
  }
});

test("connection strings of both kinds are taken", () => {
  assert.equal(MONGODB_URI.check("mongodb://me:p%40ss@localhost:27017/tenon"), undefined);
  assert.equal(MONGODB_URI.check("mongodb+srv://example.org"), undefined);
});

test("forgetting removes the secret, and says so when there was none", async () => {
  const { store, dialogs, values, told } = editor({ [ENDPOINT_KEY.key]: KEY });
  await forgetSecret(ENDPOINT_KEY, store, {}, dialogs);
  await forgetSecret(ENDPOINT_KEY, store, {}, dialogs);

  assert.equal(values.size, 0);
  assert.match(told[0] ?? "", /removed/);
  assert.match(told[1] ?? "", /there is none/);
});

test("a person is told when the environment goes before the store", async () => {
  const { store, dialogs, told } = editor({}, KEY);
  await setSecret(ENDPOINT_KEY, store, { TENON_ENDPOINT_API_KEY: "other" }, dialogs);

  assert.match(told[0] ?? "", /TENON_ENDPOINT_API_KEY is set and is used instead/);
  assert.ok(!told[0]?.includes("other"));
});

test("secrets of others in the store are none of Tenon's", () => {
  assert.equal(secretOf(ENDPOINT_KEY.key), ENDPOINT_KEY);
  assert.equal(secretOf("github.auth"), undefined);
});
