import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CommandNotFoundError, findServerCommand } from "../src/serverCommand";

async function program(directory: string, name = "tenon"): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, name);
  await writeFile(path, "#!/bin/sh\n");
  await chmod(path, 0o755);
  return path;
}

const fresh = () => mkdtemp(join(tmpdir(), "tenon command ü "));
const nowhere = { setting: "", environment: {}, checkout: "", folder: "/" };

test("the setting goes before the environment, the PATH and the checkout", async () => {
  const home = await fresh();
  const [setting, other] = [await program(join(home, "a")), await program(join(home, "b"))];
  const environment = { TENON_COMMAND: other, PATH: join(home, "b") };

  const found = await findServerCommand({ ...nowhere, setting, environment, checkout: other });

  assert.deepEqual(found, { path: setting, source: "setting" });
});

test("the environment variable goes before the PATH", async () => {
  const home = await fresh();
  const [named, onPath] = [await program(join(home, "a")), await program(join(home, "b"))];
  const environment = { TENON_COMMAND: named, PATH: join(onPath, "..") };

  assert.equal((await findServerCommand({ ...nowhere, environment })).path, named);
});

test("the PATH goes before the checkout", async () => {
  const home = await fresh();
  const [onPath, checkout] = [await program(join(home, "a")), await program(join(home, "b"))];
  const environment = { PATH: `relative:${join(home, "a")}` };

  assert.equal((await findServerCommand({ ...nowhere, environment, checkout })).path, onPath);
  assert.equal((await findServerCommand({ ...nowhere, checkout })).path, checkout);
});

test("a relative setting is taken from the folder", async () => {
  const folder = await fresh();
  const path = await program(join(folder, ".venv/bin"));

  const found = await findServerCommand({ ...nowhere, setting: ".venv/bin/tenon", folder });

  assert.equal(found.path, path);
});

test("a named command that is no program is refused by name, not skipped", async () => {
  const checkout = await program(await fresh());
  const places = { ...nowhere, setting: "/does/not/exist", checkout };

  await assert.rejects(findServerCommand(places), (error: Error) => {
    assert.ok(error instanceof CommandNotFoundError);
    assert.match(error.message, /\/does\/not\/exist.*tenon\.command/);
    return true;
  });
});

test("without any command the error says what to do", async () => {
  await assert.rejects(findServerCommand(nowhere), /make setup.*tenon\.command/);
});
