import * as vscode from "vscode";
import { LSPErrorCodes, ResponseError } from "vscode-languageclient/node";
import { ErrorCodes } from "./protocol";

/** The server does not run, so nothing can be asked of it. */
export class NotRunningError extends Error {
  constructor() {
    super("Tenon's server is not running.");
  }
}

/** True when a person stopped the request. */
export function isCancelled(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled)
  );
}

/** The sentence that a person reads; the server's own sentences are passed on as they are. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Show an error with the ways to look into it or to mend it. */
export async function showError(error: unknown): Promise<void> {
  if (isCancelled(error)) {
    return;
  }
  const log = "Show Log";
  const pull = "Pull Model";
  const start = "Start Server";
  const actions = [log];
  if (error instanceof ResponseError && error.code === ErrorCodes.modelUnavailable) {
    actions.unshift(pull);
  } else if (error instanceof NotRunningError) {
    actions.unshift(start);
  }
  const chosen = await vscode.window.showErrorMessage(messageOf(error), ...actions);
  if (chosen === log) {
    await vscode.commands.executeCommand("tenon.showLog");
  } else if (chosen === pull) {
    await vscode.commands.executeCommand("tenon.pullModel");
  } else if (chosen === start) {
    await vscode.commands.executeCommand("tenon.restart");
  }
}
