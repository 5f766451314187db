// A reporter of Node's test runner: what each test did, one JSON object a line, into the file
// TENON_REPORT. The last line is {"end": true}. With TENON_STOP the first failure ends the run.
import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { inspect } from "node:util";

const EQUAL = new Set([
  "strictEqual",
  "deepStrictEqual",
  "equal",
  "deepEqual",
  "==",
  "===",
]);

const tell = (object) =>
  appendFileSync(process.env.TENON_REPORT, JSON.stringify(object) + "\n");

const shown = (value) =>
  inspect(value, {
    breakLength: Infinity,
    compact: true,
    depth: 6,
    sorted: false,
  });

function explained(error, text) {
  const cause = error?.cause;
  if (cause === null || typeof cause !== "object") {
    return { message: String(cause ?? error?.message ?? ""), detail: text };
  }
  const told = {
    type: cause.name ?? "Error",
    message: cause.message ?? shown(cause),
    detail: cause.stack ?? "",
  };
  if (
    cause.code === "ERR_ASSERTION" &&
    EQUAL.has(cause.operator) &&
    !(cause.operator.startsWith("==") && cause.expected === true)
  ) {
    told.actual = shown(cause.actual);
    told.expected = shown(cause.expected);
    told.generated = cause.generatedMessage !== false;
  }
  return told;
}

export default async function* reporter(events) {
  const titles = new Map(); // file -> titles of the tests and suites around the current one
  const output = new Map(); // file -> what its process said about itself
  for await (const { type, data } of events) {
    const file = data?.file;
    if (type === "test:stderr") {
      output.set(
        file,
        ((output.get(file) ?? "") + data.message).slice(0, 20000),
      );
    } else if (type === "test:start") {
      const around = titles.get(file) ?? [];
      around.length = data.nesting;
      titles.set(file, [...around, data.name]);
    } else if (type === "test:pass" || type === "test:fail") {
      const failed = type === "test:fail";
      const whole = data.nesting === 0 && resolve(data.name) === file;
      const error = data.details?.error;
      const kind = error?.failureType;
      // Suites, files and tests with subtests count by what is in them.
      if (
        failed
          ? kind === "subtestsFailed"
          : whole || data.details?.type === "suite"
      )
        continue;
      const undone = data.skip !== undefined || data.todo !== undefined;
      const seconds = (data.details?.duration_ms ?? 0) / 1000;
      const path = whole
        ? []
        : [...(titles.get(file) ?? []).slice(0, data.nesting), data.name];
      if (undone) {
        const why =
          [data.skip, data.todo].find((reason) => typeof reason === "string") ??
          "";
        tell({ file, titles: path, outcome: "skipped", seconds, message: why });
      } else if (failed) {
        const own =
          kind === "testCodeFailure" &&
          !whole &&
          data.details?.type !== "suite";
        const outcome =
          own || kind === "testTimeoutFailure" ? "failed" : "error";
        tell({
          file,
          titles: path,
          outcome,
          seconds,
          ...explained(error, output.get(file) ?? ""),
        });
        if (process.env.TENON_STOP) break;
      } else {
        tell({ file, titles: path, outcome: "passed", seconds });
      }
    }
  }
  tell({ end: true });
  if (process.env.TENON_STOP) process.exit(process.exitCode || 1);
}
