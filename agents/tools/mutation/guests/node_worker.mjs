// The worker thread of one mutant: loads the test files, which brings Node's test runner to work.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { workerData } from "node:worker_threads";

// tsx, asked for on the command line, looks after the main thread only.
if (process.execArgv.some((option) => /\btsx\b/.test(option))) {
  const require = createRequire(workerData[0]);
  const place = require.resolve("tsx/esm/api").replace(/\.cjs$/, ".mjs");
  (await import(pathToFileURL(place).href)).register();
  require("tsx/cjs/api").register();
}

for (const file of workerData) await import(pathToFileURL(file).href);
