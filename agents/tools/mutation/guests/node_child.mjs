// Runs mutants of one file under Node's own test runner, inside the sandbox. One process stays;
// mutants get a worker thread with a heap and modules of its own, which ends with them or is ended
// when their time is up. Each mutant lies in a copy of the repository, so that several can be in one
// thread: they share its globals and nothing else. Whether all of them came to their end is told,
// and who asked runs those alone that may have been disturbed.
//
// A worker shares its process with this program. Code written for the purpose could claim what it
// likes, so what is said here only steers the search; the ordinary test run has the last word.
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { Told } from "./told.mjs";

const channel = connect(process.argv[2]);

function run({ index, files, roots, run_seconds: seconds }) {
  const mutants = roots.map(() => new Told());
  const folder = mkdtempSync(join(tmpdir(), "mutant-"));
  let loaded = false;
  let ended = false;
  let sound = true;
  const worker = new Worker(new URL("./node_worker.mjs", import.meta.url), {
    workerData: files,
    env: { ...process.env, TMPDIR: folder },
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  const timer = setTimeout(() => worker.terminate(), seconds * 1000);
  const ofFile = (file) =>
    roots.length === 1
      ? mutants[0]
      : mutants[roots.findIndex((root) => file?.startsWith(`${root}/`))];
  worker.on("message", (fact) => {
    if (fact?.loaded) loaded = true;
    if (fact?.broken) mutants[fact.number]?.break(fact.broken);
    if (fact?.end) ended = true;
    if (fact?.test === undefined) return;
    const mutant = ofFile(fact.file);
    if (mutant) mutant.take(fact);
    else sound = false;
  });
  worker.on("error", (error) => {
    sound = false;
    if (roots.length === 1) mutants[0].break(error);
  });
  worker.on("exit", () => {
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
    if (loaded && ended)
      for (const mutant of mutants) mutant.take({ end: true });
    sound &&= loaded && (ended || mutants.every((mutant) => mutant.isBroken));
    const told = mutants.map((mutant) => mutant.facts());
    channel.write(JSON.stringify({ index, sound, mutants: told }) + "\n");
  });
}

createInterface({ input: channel }).on("line", (line) => run(JSON.parse(line)));
channel.on("close", () => process.exit(0));
