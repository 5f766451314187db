// A reporter of Node's test runner inside of a worker thread: what each test did, as a message.
import { parentPort } from "node:worker_threads";
import { closeness } from "./closeness.mjs";

const COMPARED = /^(?:deep)?(?:strict)?equal$/i;

function failure(error) {
  const cause = error?.cause ?? error;
  const message = `${cause?.name ?? "Error"}: ${cause?.message ?? cause}`;
  const near =
    cause?.code === "ERR_ASSERTION" && COMPARED.test(cause.operator ?? "")
      ? closeness(cause.actual, cause.expected)
      : 0;
  return { message: message.slice(0, 200), closeness: near };
}

export default async function* reporter(events) {
  const around = [];
  for await (const { type, data } of events) {
    if (type === "test:start") {
      around.length = data.nesting;
      around.push(data.name);
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    const error = data.details?.error;
    // Suites and tests with subtests count by what is in them.
    if (error?.failureType === "subtestsFailed") continue;
    if (type === "test:pass" && data.details?.type === "suite") continue;
    const test = [...around.slice(0, data.nesting), data.name].join(" > ");
    const undone = data.skip !== undefined || data.todo !== undefined;
    const outcome = undone
      ? "skipped"
      : type === "test:fail"
        ? "failed"
        : "passed";
    const seconds = (data.details?.duration_ms ?? 0) / 1000;
    const said = outcome === "failed" ? failure(error) : {};
    const { file } = data;
    parentPort?.postMessage({
      test,
      file,
      outcome,
      seconds,
      message: "",
      ...said,
    });
  }
  parentPort?.postMessage({ end: true });
}
