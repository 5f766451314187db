// Runs mutants of one file under Node's own test runner, inside the sandbox. One process stays;
// each mutant gets a worker thread of its own, with a heap and modules of its own, which ends with
// it or is ended when its time is up. The mutant lies in a copy of the repository.
//
// A worker shares its process with this program. Code written for the purpose could claim what it
// likes, so what is said here only steers the search; the ordinary test run has the last word.
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";

const channel = connect(process.argv[2]);
const OUTCOMES = ["passed", "skipped", "failed"]; // of tests with one name the worst counts

function run({ index, files, run_seconds: seconds }) {
  const started = performance.now();
  const told = { index, tests: {}, broken: [], collected: [] };
  const folder = mkdtempSync(join(tmpdir(), "mutant-"));
  const worker = new Worker(new URL("./node_worker.mjs", import.meta.url), {
    workerData: files,
    env: { ...process.env, TMPDIR: folder },
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  const timer = setTimeout(() => worker.terminate(), seconds * 1000);
  worker.on("message", (fact) => {
    if (fact?.end) told.end = 0;
    if (typeof fact?.test !== "string") return;
    const before = told.tests[fact.test];
    const rank = (each) => OUTCOMES.indexOf(each.outcome);
    if (!before || rank(before) < rank(fact)) told.tests[fact.test] = fact;
  });
  worker.on("error", (error) =>
    told.broken.push(String(error?.message ?? error).slice(0, 200)),
  );
  worker.on("exit", () => {
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
    told.collected = Object.keys(told.tests);
    told.seconds = (performance.now() - started) / 1000;
    channel.write(JSON.stringify(told) + "\n");
  });
}

createInterface({ input: channel }).on("line", (line) => run(JSON.parse(line)));
channel.on("close", () => process.exit(0));
