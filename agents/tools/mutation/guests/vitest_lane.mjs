// One thread of lane_child.mjs that runs test files under the repository's own vitest.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { closeness } from "./closeness.mjs";

const OUTCOMES = { passed: "passed", failed: "failed" };
const { resolve } = createRequire(join(workerData.folder, "package.json"));
const place = join(dirname(resolve("vitest/package.json")), "dist", "node.js");
const { createVitest } = await import(pathToFileURL(place).href);

function told(test) {
  const { state, errors } = test.result();
  const error = errors?.[0];
  return {
    test: test.fullName,
    outcome: OUTCOMES[state] ?? "skipped",
    seconds: (test.diagnostic()?.duration ?? 0) / 1000,
    message: `${error?.name ?? ""}: ${error?.message ?? ""}`.slice(0, 200),
    closeness:
      error && error.expected !== undefined
        ? closeness(error.actual, error.expected)
        : 0,
  };
}

const reporter = {
  onTestRunEnd(modules, errors) {
    for (const error of errors)
      parentPort.postMessage({ broken: String(error.message) });
    for (const module of modules) {
      for (const error of module.errors())
        parentPort.postMessage({ broken: String(error.message) });
      for (const test of module.children.allTests())
        parentPort.postMessage(told(test));
    }
  },
};
const vitest = await createVitest("test", {
  root: workerData.folder,
  watch: false,
  pool: "threads",
  maxWorkers: 1,
  cache: false,
  coverage: { enabled: false },
  reporters: [reporter],
});
await vitest.init?.();
parentPort.postMessage({ ready: true });
parentPort.on("message", async ({ files, target }) => {
  try {
    vitest.invalidateFile(target);
    const specifications = await vitest.globTestSpecifications(files);
    await vitest.runTestSpecifications(specifications, false);
  } catch (error) {
    parentPort.postMessage({ broken: String(error?.message) });
  }
  parentPort.postMessage({ end: true });
});
