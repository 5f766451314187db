import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import {
  CancellationToken,
  CloseAction,
  ProgressType,
  RevealOutputChannelOn,
  State,
  type LanguageClient,
  type LanguageClientOptions,
} from "vscode-languageclient/node";
import { Coalesced } from "./coalesced";
import { messageOf, NotRunningError } from "./errors";
import { LANGUAGES } from "./languages";
import {
  Notifications,
  type NotificationTypes,
  type ProgressValue,
  type RequestTypes,
} from "./protocol";
import { QuietClient } from "./quietClient";
import { findServerCommand } from "./serverCommand";
import { serverEnvironment, type SecretStore } from "./secrets";
import { explicitSettings } from "./settings";
import { startProblem } from "./startProblem";

declare const CHECKOUT_COMMAND: string;

const STOPPED = "Tenon's server has stopped. The log says why.";

export type ConnectionState = "starting" | "running" | "stopped" | "failed";

const progressType = new ProgressType<ProgressValue>();

/** The server process and the requests to it. */
export class ServerConnection implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<ConnectionState>();
  readonly #received = new vscode.EventEmitter<{ method: string; params: unknown }>();
  readonly #restart = new Coalesced(() => this.#replaceClient());
  readonly #log: vscode.LogOutputChannel;
  #client: LanguageClient | undefined;
  #state: ConnectionState = "stopped";
  #launching = false;

  /** The server was started, stopped or lost. */
  readonly onDidChangeState = this.#changed.event;
  /** Why the server is not running; empty while it is. */
  problem = "";

  constructor(
    log: vscode.LogOutputChannel,
    private readonly secrets: SecretStore,
  ) {
    this.#log = log;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Start the server, or replace the one that runs. Never rejects: `state` tells. */
  restart(): Promise<void> {
    return this.#restart.run();
  }

  /** Call `handler` with every notification `method` of this server and its successors. */
  onNotification<M extends keyof NotificationTypes>(
    method: M,
    handler: (params: NotificationTypes[M]) => void,
  ): vscode.Disposable {
    return this.#received.event((message) => {
      if (message.method === method) {
        handler(message.params as NotificationTypes[M]);
      }
    });
  }

  /** Ask the server. Cancelling the token stops the work; progress arrives in order. */
  async request<M extends keyof RequestTypes>(
    method: M,
    params: RequestTypes[M]["params"],
    options: {
      token?: vscode.CancellationToken;
      onProgress?: (value: ProgressValue) => void;
    } = {},
  ): Promise<RequestTypes[M]["result"]> {
    const client = this.#client;
    if (this.#state !== "running" || !client) {
      throw new NotRunningError();
    }
    // Without a token the client would take `undefined` for a second parameter.
    const { onProgress, token = CancellationToken.None } = options;
    if (!onProgress) {
      return client.sendRequest(method, params, token);
    }
    const partialResultToken = randomUUID();
    const subscription = client.onProgress(progressType, partialResultToken, onProgress);
    try {
      return await client.sendRequest(method, { ...params, partialResultToken }, token);
    } finally {
      subscription.dispose();
    }
  }

  /** Tell the running server that the editor's settings changed. */
  async sendSettings(): Promise<void> {
    if (this.#state === "running") {
      await this.#client?.sendNotification("workspace/didChangeConfiguration", {
        settings: currentSettings(),
      });
    }
  }

  /** Stop the server for good. */
  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client?.needsStop()) {
      await client.dispose(5000).catch((error: unknown) => {
        this.#log.warn(`The server did not stop in order: ${messageOf(error)}`);
      });
    }
    this.#enter("stopped");
  }

  dispose(): void {
    this.#changed.dispose();
    this.#received.dispose();
  }

  async #replaceClient(): Promise<void> {
    await this.stop();
    const folder = vscode.workspace.workspaceFolders?.[0];
    if (!folder || !vscode.workspace.isTrusted) {
      return;
    }
    this.#enter("starting");
    let path = "";
    try {
      path = await this.#findCommand(folder);
      const env = await this.#environment();
      this.#launching = true;
      this.#client = this.#createClient(folder, path, env);
      await this.#client.start();
      if (!this.#client.isRunning()) {
        throw new Error(STOPPED); // the client does not reject when the server ends at once
      }
    } catch (error) {
      const problem = (path && (await startProblem(path))) || messageOf(error);
      this.#log.error(problem);
      this.#enter("failed", problem);
    } finally {
      this.#launching = false;
    }
  }

  async #findCommand(folder: vscode.WorkspaceFolder): Promise<string> {
    const command = await findServerCommand({
      setting: vscode.workspace.getConfiguration("tenon").get("command", ""),
      environment: process.env,
      checkout: CHECKOUT_COMMAND,
      folder: folder.uri.fsPath,
    });
    this.#log.info(`Starting ${command.path} serve (found by ${command.source})`);
    return command.path;
  }

  /** Never rejects: the team can also work without. */
  async #environment(): Promise<NodeJS.ProcessEnv> {
    try {
      return await serverEnvironment(this.secrets, process.env);
    } catch {
      this.#log.error("The editor's secret store cannot be read; the server starts without keys.");
      return process.env;
    }
  }

  #createClient(
    folder: vscode.WorkspaceFolder,
    command: string,
    env: NodeJS.ProcessEnv,
  ): LanguageClient {
    const server = {
      command,
      args: ["serve"],
      options: { cwd: folder.uri.fsPath, env },
    };
    const client = new QuietClient("tenon", "Tenon", server, this.#clientOptions(folder));
    const options = client.clientOptions;
    const handler = client.createDefaultErrorHandler();
    // A server that never ran would not run the next time either; the reason is told once, here.
    options.initializationFailedHandler = () => false;
    options.errorHandler = {
      error: (error, message, count) => handler.error(error, message, count),
      closed: () =>
        this.#launching ? { action: CloseAction.DoNotRestart, handled: true } : handler.closed(),
    };
    client.onDidChangeState((event) => {
      if (client === this.#client) {
        this.#follow(event.newState);
      }
    });
    for (const method of Object.values(Notifications)) {
      client.onNotification(method, (params: unknown) => {
        this.#received.fire({ method, params });
      });
    }
    return client;
  }

  #clientOptions(folder: vscode.WorkspaceFolder): LanguageClientOptions {
    return {
      documentSelector: LANGUAGES.map((language) => ({ scheme: "file", language })),
      workspaceFolder: folder,
      outputChannel: this.#log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: { settings: currentSettings() },
    };
  }

  #follow(state: State): void {
    if (this.#launching && state === State.Stopped) {
      return; // the one who launches it finds out why
    }
    if (state === State.Running) {
      this.#enter("running");
    } else if (state === State.Starting) {
      this.#enter("starting");
    } else {
      this.#enter("failed", STOPPED);
    }
  }

  #enter(state: ConnectionState, problem = ""): void {
    this.problem = problem;
    if (state !== this.#state) {
      this.#state = state;
      this.#changed.fire(state);
    }
  }
}

function currentSettings(): Record<string, unknown> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const configuration = vscode.workspace.getConfiguration("tenon", folder);
  return explicitSettings(configuration);
}
