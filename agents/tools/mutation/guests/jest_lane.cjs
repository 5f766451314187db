// One thread of lane_child.mjs that runs test files under the repository's own Jest.
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { parentPort, workerData } = require("node:worker_threads");

const OUTCOMES = { passed: "passed", failed: "failed" };
const WATCHER = {
  isInterrupted: () => false,
  isWatchMode: () => false,
  on() {},
  setState() {},
};
const tell = parentPort.postMessage.bind(parentPort);

async function prepared() {
  const own = createRequire(join(workerData.folder, "package.json"));
  const jest = createRequire(own.resolve("jest"));
  const core = createRequire(jest.resolve("@jest/core"));
  const Runtime = core("jest-runtime").default;
  const Runner = core("jest-runner").default;
  const { closeness } = await import("./closeness.mjs");
  const options = {
    _: [],
    $0: "jest",
    cacheDirectory: join(workerData.cache, "jest"),
    ci: true,
    coverage: false,
    watchman: false,
  };
  const read = await core("jest-config").readConfigs(options, [
    workerData.folder,
  ]);
  const context = await Runtime.createContext(read.configs[0], {
    console,
    maxWorkers: 1,
    watch: false,
    watchman: false,
  });
  const runner = new Runner(read.globalConfig, {});
  runner.on("test-file-success", ([, result]) => {
    if (result.testExecError) tell({ broken: result.testExecError.message });
    for (const test of result.testResults) tell(told(test, closeness));
  });
  runner.on("test-file-failure", ([, error]) => {
    tell({ broken: String(error?.message ?? error) });
  });
  return (files) => {
    const tests = files.map((path) => ({ context, path, duration: 0 }));
    return runner.runTests(tests, WATCHER, { serial: true });
  };
}

function told(test, closeness) {
  const thrown = test.failureDetails?.[0];
  const result = thrown?.matcherResult;
  const shown = result?.message ?? thrown?.message ?? test.failureMessages?.[0];
  return {
    test: [...test.ancestorTitles, test.title].join(" > "),
    outcome: OUTCOMES[test.status] ?? "skipped",
    seconds: (test.duration ?? 0) / 1000,
    message: String(shown ?? "").slice(0, 200),
    closeness:
      result && "expected" in result
        ? closeness(result.actual, result.expected)
        : 0,
  };
}

const ready = prepared();
ready.then(
  () => tell({ ready: true }),
  (error) => {
    throw error;
  },
);
parentPort.on("message", ({ files }) => {
  ready
    .then((run) => run(files))
    .then(() => tell({ end: true }))
    .catch((error) => tell({ broken: String(error?.message), end: true }));
});
