// A worker thread: loads the test files of its mutants, which brings Node's test runner to work.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";

// tsx, asked for on the command line, looks after the main thread only.
if (process.execArgv.some((option) => /\btsx\b/.test(option))) {
  const require = createRequire(workerData[0][0]);
  const place = require.resolve("tsx/esm/api").replace(/\.cjs$/, ".mjs");
  (await import(pathToFileURL(place).href)).register();
  require("tsx/cjs/api").register();
}

for (const [number, files] of workerData.entries()) {
  try {
    for (const file of files) await import(pathToFileURL(file).href);
  } catch (error) {
    parentPort.postMessage({
      number,
      broken: String(error?.message ?? error),
    });
  }
}
parentPort.postMessage({ loaded: true });
