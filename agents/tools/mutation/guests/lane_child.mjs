// Runs mutants under Jest or vitest, inside the sandbox. Each copy of the repository has a worker
// thread in which the runner is loaded once; the runner itself keeps the test files of one run from
// those of the next. A thread whose run takes too long, or that ends, is replaced.
//
// What is said here only steers the search, as in node_child.mjs.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { Told } from "./told.mjs";

const START_SECONDS = 30;
const [, , address, script] = process.argv;
const channel = connect(address);
const lanes = new Map(); // folder -> its lane, while there is one

class Lane {
  constructor(folder, cache) {
    this.folder = folder;
    this.scratch = mkdtempSync(join(tmpdir(), "mutant-"));
    this.worker = new Worker(new URL(script, import.meta.url), {
      workerData: { folder, cache },
      env: { ...process.env, TMPDIR: this.scratch },
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    this.worker.on("message", (fact) => this.#heard(fact));
    this.worker.on("error", (error) => this.told?.break(error));
    this.worker.on("exit", () => this.#ended());
  }

  run({ index, files, targets, run_seconds: seconds }) {
    this.index = index;
    this.told = new Told();
    this.seconds = seconds;
    this.#limit(this.ready ? seconds : START_SECONDS);
    this.worker.postMessage({ files: files[0], target: targets[0] });
  }

  #limit(seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.worker.terminate(), seconds * 1000);
  }

  #heard(fact) {
    if (fact?.ready && !this.ready) {
      this.ready = true;
      this.told = new Told(); // its time begins now
      this.#limit(this.seconds);
    }
    if (fact?.broken) this.told?.break(fact.broken);
    this.told?.take(fact);
    if (fact?.end) this.#tell();
  }

  #tell() {
    clearTimeout(this.timer);
    if (!this.told) return;
    rmSync(this.scratch, { recursive: true, force: true });
    mkdirSync(this.scratch, { recursive: true });
    const told = {
      index: this.index,
      sound: true,
      mutants: [this.told.facts()],
    };
    channel.write(JSON.stringify(told) + "\n");
    this.told = undefined;
  }

  #ended() {
    lanes.delete(this.folder);
    this.#tell();
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

createInterface({ input: channel }).on("line", (line) => {
  const order = JSON.parse(line);
  const [folder] = order.folders;
  const lane = lanes.get(folder) ?? new Lane(folder, process.env.TMPDIR);
  lanes.set(folder, lane);
  lane.run(order);
});
channel.on("close", () => process.exit(0));
