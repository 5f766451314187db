import * as vscode from "vscode";
import { isCancelled } from "./errors";
import { escapeMarkdown } from "./tickets/markdown";
import type { DoctorResult, Finding } from "./protocol";
import type { Team } from "./team";

/** Fetch the model that is missing, with progress and a way to stop. */
export async function pullModel(team: Team): Promise<void> {
  const { models } = await team.connection.request("tenon/models/list", {});
  const missing = models.filter(({ kind, state }) => kind === "local" && state === "missing");
  const model =
    missing.length > 1 ? await chooseModel(missing.map(({ id }) => id)) : missing[0]?.id;
  if (!model) {
    if (!missing.length) {
      void vscode.window.showInformationMessage("Every configured model is on this machine.");
    }
    return;
  }
  const location = vscode.ProgressLocation.Notification;
  const title = `Pulling ${model}`;
  try {
    await vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) =>
      team.connection.request(
        "tenon/models/pull",
        { id: model },
        {
          token,
          onProgress: ({ text }) => {
            progress.report({ message: text });
          },
        },
      ),
    );
  } catch (error) {
    if (!isCancelled(error)) {
      throw error;
    }
  }
  await team.refresh();
}

async function chooseModel(ids: string[]): Promise<string | undefined> {
  return vscode.window.showQuickPick(ids, { title: "Choose a Model to Pull" });
}

/** Show the settings in force and what is missing. */
export async function showDoctor(team: Team): Promise<void> {
  const result = await team.connection.request("tenon/doctor", {});
  const document = await vscode.workspace.openTextDocument({
    language: "markdown",
    content: doctorPage(result),
  });
  await vscode.commands.executeCommand("markdown.showPreview", document.uri);
}

function doctorPage({ findings, settings }: DoctorResult): string {
  const rows = settings.map(
    ({ name, value, source }) => `| ${name} | ${escapeMarkdown(value)} | ${source} |`,
  );
  return [
    "# Tenon's doctor",
    findings.map(findingLine).join("\n"),
    "## Settings in force",
    ["| Setting | Value | From |", "|---|---|---|", ...rows].join("\n"),
  ].join("\n\n");
}

function findingLine({ name, level, text, remedy }: Finding): string {
  const sign = { ok: "✓", warning: "⚠", error: "✗" }[level];
  const help = remedy ? ` — ${escapeMarkdown(remedy)}` : "";
  return `- ${sign} **${escapeMarkdown(name)}**: ${escapeMarkdown(text)}${help}`;
}
