// The worker thread of one mutant: loads the test files, which brings Node's test runner to work.
import { pathToFileURL } from "node:url";
import { workerData } from "node:worker_threads";

for (const file of workerData) await import(pathToFileURL(file).href);
