import { execFile } from "node:child_process";

const PATIENCE_MS = 15_000;
const REMEDY =
  "It needs Python 3.11 or newer with Tenon's packages: run “make setup” in a checkout of " +
  "Tenon, then set “tenon.command” to its .venv/bin/tenon.";

/**
 * Why the server's command does not run on this machine, and what to do; undefined if it does.
 *
 * The command is tried once more, without input, on which a sound server ends at once.
 */
export async function startProblem(command: string): Promise<string | undefined> {
  const why = await reason(command);
  return why && `Tenon's server cannot be started: “${command}” ${why}. ${REMEDY}`;
}

function reason(command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = execFile(command, ["serve"], { timeout: PATIENCE_MS }, (error, _, stderr) => {
      if (!error || error.killed) {
        resolve(undefined);
      } else if (typeof error.code === "string") {
        // The file is there, so what the system cannot find is the interpreter it names.
        resolve(`cannot be run, because its Python is not there (${error.code})`);
      } else {
        resolve(`ended with “${lastLine(stderr) || `exit code ${String(error.code)}`}”`);
      }
    });
    child.stdin?.on("error", () => undefined); // it may be gone before it was given its input
    child.stdin?.end();
  });
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
