import * as vscode from "vscode";
import type { Team } from "../team";
import { relativeTo, subjectOf } from "./testFile";

/** A ticket for which the open test file decides; its id, or undefined if the person gave up. */
export async function addForTests(team: Team): Promise<string | undefined> {
  const tests = await openTests(team);
  if (!tests) {
    return undefined;
  }
  const title = `Make ${tests.path} Pass`;
  const targetFile = await ask(title, "Source file to write or change", tests.subject, true);
  const wish = targetFile && (await ask(title, "What is the code to do, in a line?", "", true));
  if (!targetFile || !wish) {
    return undefined;
  }
  const unit = "Function, class or Class.method to write; empty for the whole file";
  const targetSymbol = await ask(title, unit, "", false);
  if (targetSymbol === undefined) {
    return undefined;
  }
  const result = await team.connection.request("tenon/tickets/add", {
    title: wish,
    targetFile,
    targetSymbol,
    tests: [{ path: tests.path, text: tests.text }],
  });
  await team.refreshTickets();
  return result.ticket.id;
}

interface OpenTests {
  path: string;
  text: string;
  /** Where the code under test is, or would be. */
  subject: string;
}

async function openTests(team: Team): Promise<OpenTests | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  const path = document && relativeTo(team.status?.repository ?? "", document.uri.path);
  const name = path && subjectOf(path);
  if (!path || !name) {
    const text =
      "Open a test file of the repository first, called test_….py, …_test.py, ….test.js or ….spec.ts.";
    void vscode.window.showInformationMessage(text);
    return undefined;
  }
  const [found] = await vscode.workspace.findFiles(`**/${name}`, "**/{.venv,node_modules}/**", 1);
  const subject = found && relativeTo(team.status?.repository ?? "", found.path);
  return { path, text: document.getText(), subject: subject ?? name };
}

function ask(
  title: string,
  prompt: string,
  value: string,
  needed: boolean,
): Thenable<string | undefined> {
  const validateInput = (text: string): string | undefined =>
    needed && !text.trim() ? "A few words are needed." : undefined;
  return vscode.window.showInputBox({ title, prompt, value, validateInput, ignoreFocusOut: true });
}
