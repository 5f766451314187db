// A reporter of Jest: what each test did, one JSON object a line, into the file TENON_REPORT.
// The last line is {"end": true}.
const { writeFileSync } = require("node:fs");
const { inspect } = require("node:util");

const OUTCOMES = { passed: "passed", failed: "failed" };

const shown = (value) =>
  inspect(value, { breakLength: Infinity, compact: true, depth: 6 });

function explained(detail, text) {
  const thrown = detail?.error ?? detail ?? {};
  const result = thrown.matcherResult;
  const told = {
    type: result ? "AssertionError" : (thrown.name ?? ""),
    message: thrown.message ?? text,
    detail: text,
  };
  if (result && "actual" in result && "expected" in result) {
    told.actual = shown(result.actual);
    told.expected = shown(result.expected);
  }
  return told;
}

module.exports = class Reporter {
  onRunComplete(_contexts, { testResults }) {
    const lines = [];
    for (const {
      testFilePath: file,
      testResults: tests,
      testExecError: broken,
      failureMessage,
    } of testResults) {
      if (broken || (failureMessage && tests.length === 0)) {
        lines.push({
          file,
          titles: [],
          outcome: "error",
          message: broken?.message ?? failureMessage,
          detail: broken?.stack || failureMessage,
        });
      }
      for (const {
        ancestorTitles,
        title,
        status,
        duration,
        failureDetails,
        failureMessages,
      } of tests) {
        const outcome = OUTCOMES[status] ?? "skipped";
        const told = {
          file,
          titles: [...ancestorTitles, title],
          outcome,
          seconds: (duration ?? 0) / 1000,
        };
        lines.push(
          outcome === "failed"
            ? {
                ...told,
                ...explained(failureDetails?.[0], failureMessages?.[0] ?? ""),
              }
            : told,
        );
      }
    }
    lines.push({ end: true });
    writeFileSync(
      process.env.TENON_REPORT,
      lines.map((line) => JSON.stringify(line) + "\n").join(""),
    );
  }
};
