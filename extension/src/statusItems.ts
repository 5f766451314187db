import * as vscode from "vscode";
import { agentName } from "./agents";
import { LANGUAGES } from "./languages";
import { modelLine } from "./modelLine";
import type { Team } from "./team";

/** The item in the status bar and the one in the language status. */
export class StatusItems implements vscode.Disposable {
  readonly #bar = vscode.window.createStatusBarItem(
    "tenon.status",
    vscode.StatusBarAlignment.Left,
    0,
  );
  readonly #language = vscode.languages.createLanguageStatusItem(
    "tenon.server",
    LANGUAGES.map((language) => ({ language })),
  );
  readonly #subscription: vscode.Disposable;

  constructor(private readonly team: Team) {
    this.#bar.name = "Tenon";
    this.#bar.command = "tenon.chat.focus";
    this.#language.name = "Tenon";
    this.#language.command = { title: "Show Log", command: "tenon.showLog" };
    this.#subscription = team.onDidChange(() => {
      this.update();
    });
    this.update();
  }

  /** Show the team as it is now. */
  update(): void {
    const { state } = this.team;
    const agent = this.#workingAgent();
    const failed = state === "failed";
    this.#bar.text = `${this.#icon(agent)} Tenon${agent ? `: ${agent}` : ""}`;
    this.#bar.tooltip = this.#tooltip();
    this.#bar.accessibilityInformation = { label: `Tenon, ${this.#sentence(agent)}` };
    this.#bar.backgroundColor = failed
      ? new vscode.ThemeColor("statusBarItem.errorBackground")
      : undefined;
    this.#bar.show();
    this.#language.text = this.#sentence(agent);
    this.#language.busy = state === "starting" || Boolean(agent);
    this.#language.severity = failed
      ? vscode.LanguageStatusSeverity.Error
      : this.team.problem
        ? vscode.LanguageStatusSeverity.Warning
        : vscode.LanguageStatusSeverity.Information;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#bar.dispose();
    this.#language.dispose();
  }

  #workingAgent(): string | undefined {
    const agent = this.team.status?.agents?.find(({ state }) => state === "working");
    return agent && agentName(agent.agentType);
  }

  #icon(agent: string | undefined): string {
    const { state } = this.team;
    if (state === "failed") {
      return "$(error)";
    }
    if (state === "starting" || agent) {
      return "$(loading~spin)";
    }
    return state === "ready" ? "$(check)" : "$(warning)";
  }

  #sentence(agent: string | undefined): string {
    if (agent) {
      return `${agent} is working`;
    }
    if (this.team.state === "starting") {
      return "The team is getting ready";
    }
    return this.team.problem?.text ?? "The team is ready";
  }

  #tooltip(): vscode.MarkdownString {
    const { status } = this.team;
    const text = new vscode.MarkdownString(undefined, true);
    text.appendMarkdown("**Tenon**\n\n").appendText(this.#sentence(this.#workingAgent()));
    if (!status) {
      return text;
    }
    for (const model of status.models ?? []) {
      text.appendMarkdown("\n\n$(chip) ").appendText(modelLine(model));
    }
    if (status.branch) {
      text.appendMarkdown("\n\n$(git-branch) ").appendText(status.branch);
    }
    const offline = status.offline ?? true;
    return text.appendMarkdown(
      offline
        ? "\n\n$(lock) Offline: the server opens no network connection but loopback."
        : "\n\n$(globe) Online: the server may use the endpoint of your settings.",
    );
  }
}
