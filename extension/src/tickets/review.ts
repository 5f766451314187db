import * as vscode from "vscode";
import type { Team } from "../team";
import type { TicketDocuments } from "./ticketDocuments";

/** Reviews in VS Code's own multi-file diff, and which one is in front. */
export class Reviews implements vscode.Disposable {
  /** Ticket by the label of the editor tab that shows its changes. */
  readonly #open = new Map<string, string>();
  readonly #subscription: vscode.Disposable;

  constructor(
    private readonly team: Team,
    private readonly documents: TicketDocuments,
  ) {
    this.#subscription = vscode.Disposable.from(
      vscode.window.tabGroups.onDidChangeTabs(() => this.#follow()),
      vscode.window.tabGroups.onDidChangeTabGroups(() => this.#follow()),
    );
  }

  /** The ticket whose changes are in front. */
  get active(): string | undefined {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    return tab && this.#ticketOf(tab);
  }

  /** Show every file that a ticket changes. */
  async show(ticketId: string): Promise<void> {
    const { files } = await this.documents.changes(ticketId);
    const title = this.team.ticket(ticketId)?.title ?? ticketId;
    if (!files.length) {
      void vscode.window.showInformationMessage(`“${title}” changes no file yet.`);
      return;
    }
    const root = vscode.Uri.file(this.team.status?.repository ?? "/");
    const label = `Review: ${title}`;
    this.#open.set(label, ticketId);
    await vscode.commands.executeCommand(
      "vscode.changes",
      label,
      files.map((file) => [
        vscode.Uri.joinPath(root, file.path),
        this.documents.file(ticketId, file, "before"),
        this.documents.file(ticketId, file, "after"),
      ]),
    );
    await this.#follow();
  }

  /** Close the changes of a ticket: it was decided on. */
  async close(ticketId: string): Promise<void> {
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter((tab) => this.#ticketOf(tab) === ticketId);
    await vscode.window.tabGroups.close(tabs);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  /** VS Code adds the number of files to the label: "Review: Title (2 files)". */
  #ticketOf({ label }: vscode.Tab): string | undefined {
    return this.#open.get(label.replace(/ \([^()]*\)$/, ""));
  }

  async #follow(): Promise<void> {
    const state = this.active && this.team.ticket(this.active)?.state;
    const decidable = state === "review" || state === "conflicted";
    await vscode.commands.executeCommand("setContext", "tenon.reviewing", decidable);
  }
}
