import * as vscode from "vscode";
import { isCancelled, messageOf } from "../errors";
import type { Team } from "../team";
import { openLink, webviewHtml, webviewOptions } from "../webview";
import { Conversation } from "./conversation";
import type { ChatState, FromChat, ToChat } from "./messages";

/** The chat in the side bar. The conversation lives here, so that the view may come and go. */
export class ChatView implements vscode.WebviewViewProvider, vscode.Disposable {
  static readonly viewId = "tenon.chat";

  readonly #conversation = new Conversation();
  readonly #subscriptions: vscode.Disposable[];
  #view: vscode.WebviewView | undefined;
  #cancellation: vscode.CancellationTokenSource | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly team: Team,
  ) {
    this.#subscriptions = [
      vscode.window.registerWebviewViewProvider(ChatView.viewId, this),
      team.connection.onDidChangeState((state) => {
        if (state === "running") {
          void this.#loadHistory();
        }
      }),
      team.onDidChange(() => {
        this.#postState();
      }),
    ];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    view.webview.options = webviewOptions(this.extensionUri);
    view.webview.onDidReceiveMessage((message: FromChat) => this.#receive(message));
    view.onDidDispose(() => {
      this.#view = undefined;
    });
    view.webview.html = webviewHtml(view.webview, this.extensionUri, "chat", "Tenon chat");
  }

  dispose(): void {
    this.#cancellation?.cancel();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  async #receive(message: FromChat): Promise<void> {
    switch (message.type) {
      case "ready":
        this.#postState();
        break;
      case "writing":
        await this.#prepare();
        break;
      case "send":
        await this.#send(message.text);
        break;
      case "cancel":
        this.#cancellation?.cancel();
        break;
      case "openProposal":
        await vscode.commands.executeCommand("tenon.openSpec", message.proposalId);
        break;
      case "showTickets":
        await vscode.commands.executeCommand("tenon.tickets.reveal", message.ticketIds[0]);
        break;
      case "openLink":
        await openLink(message.address);
        break;
      case "action":
        await this.#act(message.command);
        break;
    }
  }

  /** Only the buttons of the problem on show may run a command. */
  async #act(command: string): Promise<void> {
    if (this.team.problem?.actions.some((action) => action.command === command)) {
      await vscode.commands.executeCommand(command);
    }
  }

  /** The model is loaded while the message is written; what is wrong is told when it is sent. */
  async #prepare(): Promise<void> {
    if (this.team.state === "ready") {
      await this.team.connection.request("tenon/chat/prepare", {}).catch(() => undefined);
    }
  }

  async #send(text: string): Promise<void> {
    if (this.#conversation.running || !text.trim()) {
      return;
    }
    this.#conversation.send(text);
    this.#postState();
    this.#cancellation = new vscode.CancellationTokenSource();
    try {
      const { turn } = await this.team.connection.request(
        "tenon/chat",
        { text },
        {
          token: this.#cancellation.token,
          onProgress: (value) => {
            this.#conversation.progress(value);
            this.#postRunning();
          },
        },
      );
      this.#conversation.finish(turn);
    } catch (error) {
      await this.#fail(error, text);
    } finally {
      this.#cancellation.dispose();
      this.#cancellation = undefined;
      this.#postState();
    }
  }

  /** What the server kept tells the failure itself; a message that it did not keep goes back. */
  async #fail(error: unknown, text: string): Promise<void> {
    if (isCancelled(error)) {
      this.#conversation.stop();
      return;
    }
    this.#conversation.fail(messageOf(error));
    await this.#loadHistory();
    if (!this.#conversation.turns.some((turn) => turn.role === "user" && turn.text === text)) {
      this.#post({ type: "draft", text });
    }
  }

  async #loadHistory(): Promise<void> {
    if (this.#conversation.running) {
      return;
    }
    try {
      const { turns } = await this.team.connection.request("tenon/chat/history", {});
      this.#conversation.load(turns);
    } catch {
      return; // What is on show stays; why the server cannot answer is told by its status.
    }
    this.#postState();
  }

  #postState(): void {
    this.#conversation.tick();
    const { turns, running, error } = this.#conversation;
    const state: ChatState = {
      turns,
      running,
      error,
      problem: this.team.problem,
      starting: this.team.state === "starting",
    };
    this.#post({ type: "state", state });
  }

  #postRunning(): void {
    const { running } = this.#conversation;
    if (running) {
      this.#post({ type: "running", running });
    }
  }

  #post(message: ToChat): void {
    void this.#view?.webview.postMessage(message);
  }
}
