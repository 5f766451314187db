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
import { Told } from "./told.mjs";

const channel = connect(process.argv[2]);

function run({ index, files, run_seconds: seconds }) {
  const told = new Told(index);
  const folder = mkdtempSync(join(tmpdir(), "mutant-"));
  const worker = new Worker(new URL("./node_worker.mjs", import.meta.url), {
    workerData: files,
    env: { ...process.env, TMPDIR: folder },
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  const timer = setTimeout(() => worker.terminate(), seconds * 1000);
  worker.on("message", (fact) => told.take(fact));
  worker.on("error", (error) => told.break(error));
  worker.on("exit", () => {
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
    channel.write(told.line());
  });
}

createInterface({ input: channel }).on("line", (line) => run(JSON.parse(line)));
channel.on("close", () => process.exit(0));
