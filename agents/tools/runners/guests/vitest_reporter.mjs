// A reporter of vitest: what each test did, one JSON object a line, into the file TENON_REPORT.
// The last line is {"end": true}.
import { writeFileSync } from "node:fs";

const OUTCOMES = { pass: "passed", fail: "failed" };

function explained(error) {
  const told = {
    type: error?.name ?? "Error",
    message: String(error?.message ?? error),
    detail: String(error?.stack ?? error?.message ?? ""),
  };
  if (
    typeof error?.actual === "string" &&
    typeof error?.expected === "string" &&
    error.showDiff !== false
  ) {
    told.actual = error.actual;
    told.expected = error.expected;
  }
  return told;
}

function* told(task, file, titles) {
  const result = task.result;
  const seconds = (result?.duration ?? 0) / 1000;
  if (task.type === "test" || task.type === "custom") {
    const failed = result?.state === "fail";
    const outcome = OUTCOMES[result?.state] ?? "skipped";
    const more = failed
      ? explained(result.errors?.[0])
      : { message: result?.note ?? "" };
    yield { file, titles, outcome, seconds, ...more };
    return;
  }
  // A suite's own errors are those of its hooks; a file's also that it cannot be loaded.
  for (const error of result?.errors ?? [])
    yield { file, titles, outcome: "error", seconds, ...explained(error) };
  for (const child of task.tasks ?? [])
    yield* told(child, file, [...titles, child.name]);
}

export default class Reporter {
  onTestRunEnd(modules, errors) {
    // vitest 3 and newer
    this.write(
      modules.map((module) => module.task),
      errors,
    );
  }

  onFinished(files, errors) {
    // vitest 2 and older
    this.write(files, errors);
  }

  write(files = [], errors = []) {
    const lines = files.flatMap((file) => [...told(file, file.filepath, [])]);
    for (const error of errors)
      lines.push({
        file: "",
        titles: [],
        outcome: "error",
        ...explained(error),
      });
    lines.push({ end: true });
    writeFileSync(
      process.env.TENON_REPORT,
      lines.map((line) => JSON.stringify(line) + "\n").join(""),
    );
  }
}
