import * as vscode from "vscode";
import { isCancelled, messageOf } from "../errors";
import type { SpecDecisionResult, SpecResult } from "../protocol";
import type { Team } from "../team";
import { openLink, webviewHtml, webviewOptions } from "../webview";
import type { Busy, FromSpec, SpecState, ToSpec } from "./messages";

const VIEW_TYPE = "tenon.spec";

/** The spec beside the editor: requirements with their status, proposals to decide on. */
export class SpecPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #subscriptions: vscode.Disposable[];
  #panel: vscode.WebviewPanel | undefined;
  #spec: SpecResult | undefined;
  #problem: string | undefined;
  #busy: Busy | undefined;
  #notice: SpecState["notice"];
  #reveal: string | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly team: Team,
  ) {
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
      team.onDidChangeSpec(() => this.#load()),
      team.onDidChange(() => {
        this.#postState();
      }),
    ];
  }

  /** Open the panel, or bring it to the front; show `proposalId` if it is given. */
  async open(proposalId?: string): Promise<void> {
    this.#reveal = proposalId;
    this.#notice = undefined;
    if (this.#panel) {
      this.#panel.reveal();
      await this.#load();
      this.#postReveal();
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false };
    this.#attach(vscode.window.createWebviewPanel(VIEW_TYPE, "Spec", column));
  }

  /** VS Code brings the panel back after a restart. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#attach(panel);
    return Promise.resolve();
  }

  /** Open the Markdown file of the spec in an editor. */
  async openFile(): Promise<void> {
    const spec = await this.team.connection.request("tenon/spec/get", {});
    const root = this.team.status?.repository;
    if (!root || !spec.exists) {
      void vscode.window.showInformationMessage(
        `There is no ${spec.path} yet. It is written when you accept the first proposal.`,
      );
      return;
    }
    const uri = vscode.Uri.joinPath(vscode.Uri.file(root), spec.path);
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Active });
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
    this.#panel?.dispose();
  }

  #attach(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, "media", "tenon.png");
    panel.webview.options = webviewOptions(this.extensionUri);
    panel.webview.onDidReceiveMessage((message: FromSpec) => this.#receive(message));
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#notice = undefined;
    });
    panel.webview.html = webviewHtml(panel.webview, this.extensionUri, "spec", "Tenon spec");
  }

  async #receive(message: FromSpec): Promise<void> {
    switch (message.type) {
      case "ready":
        await this.#load();
        this.#postReveal();
        break;
      case "accept":
      case "reject":
        await this.#decide(message.type, message.proposalId, message.requirementIds);
        break;
      case "openFile":
        await vscode.commands.executeCommand("tenon.spec.openFile");
        break;
      case "openChat":
        await vscode.commands.executeCommand("tenon.chat.focus");
        break;
      case "showTicket":
        await vscode.commands.executeCommand("tenon.ticket.showDetails", message.ticketId);
        break;
      case "openLink":
        await openLink(message.address);
        break;
    }
  }

  async #decide(
    decision: "accept" | "reject",
    proposalId: string,
    requirementIds?: string[],
  ): Promise<void> {
    if (this.#busy) {
      return;
    }
    this.#enter({ proposalId, step: decision === "accept" ? "Accepting" : "Rejecting" });
    try {
      const result = await this.team.connection.request(
        `tenon/spec/${decision}`,
        { proposalId, requirementIds },
        {
          onProgress: ({ text }) => {
            this.#enter({ proposalId, step: text });
          },
        },
      );
      this.#spec = result.spec;
      this.#notice = outcome(decision, result);
    } catch (error) {
      this.#notice = isCancelled(error) ? undefined : { kind: "error", text: messageOf(error) };
    }
    this.#busy = undefined;
    await this.#load();
  }

  #enter(busy: Busy): void {
    this.#busy = busy;
    this.#notice = undefined;
    this.#postState();
  }

  async #load(): Promise<void> {
    if (!this.#panel) {
      return;
    }
    try {
      const spec = await this.team.connection.request("tenon/spec/get", {});
      if (this.#spec && spec.proposals.length > this.#spec.proposals.length) {
        this.#notice = undefined; // it is about the proposal before
      }
      this.#spec = spec;
      this.#problem = undefined;
    } catch (error) {
      this.#spec = undefined;
      this.#problem = this.team.problem?.text ?? messageOf(error);
    }
    this.#postState();
  }

  #postState(): void {
    const tickets = Object.fromEntries(this.team.tickets.map(({ id, title }) => [id, title]));
    const starting = this.team.state === "starting";
    const state: SpecState = {
      spec: this.#spec,
      problem: starting ? undefined : this.#problem,
      busy: this.#busy,
      notice: this.#notice,
      tickets,
    };
    this.#post({ type: "state", state });
  }

  #postReveal(): void {
    if (this.#reveal) {
      this.#post({ type: "reveal", proposalId: this.#reveal });
      this.#reveal = undefined;
    }
  }

  #post(message: ToSpec): void {
    void this.#panel?.webview.postMessage(message);
  }
}

function outcome(
  decision: "accept" | "reject",
  { ticketIds = [], message }: SpecDecisionResult,
): SpecState["notice"] {
  const count = ticketIds.length === 1 ? "1 ticket" : `${ticketIds.length} tickets`;
  const tickets = ticketIds.length ? `Accepted. The team made ${count} of it.` : "Accepted.";
  const words = [decision === "accept" ? tickets : "Rejected.", message].filter(Boolean);
  return { kind: "info", text: words.join(" ") };
}
