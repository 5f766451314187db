import * as vscode from "vscode";
import type { ServerConnection } from "./connection";
import { messageOf } from "./errors";
import type { ActivityEntry, ProgressValue, StatusResult, Ticket } from "./protocol";
import { problemOf, teamState, type Problem, type Situation, type TeamState } from "./teamState";

/** What is being done on a ticket now. */
export type Step = Pick<
  ProgressValue,
  "agent" | "text" | "tokensPerSecond" | "elapsedSeconds" | "remainingSeconds"
>;

/** What the editor knows of the team: its status, its tickets and what happens on them. */
export class Team implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #activity = new vscode.EventEmitter<ActivityEntry>();
  readonly #stepped = new vscode.EventEmitter<string>();
  readonly #specChanged = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #steps = new Map<string, Step>();
  readonly #log: vscode.LogOutputChannel;

  /** State, status or tickets changed. */
  readonly onDidChange = this.#changed.event;
  /** An agent wrote a line into the log. */
  readonly onDidAct = this.#activity.event;
  /** The work on a ticket, given by its id, came to another step. */
  readonly onDidStep = this.#stepped.event;
  /** The spec, its proposals or the state of its tickets changed. */
  readonly onDidChangeSpec = this.#specChanged.event;

  status: StatusResult | undefined;
  tickets: Ticket[] = [];

  constructor(
    readonly connection: ServerConnection,
    log: vscode.LogOutputChannel,
  ) {
    this.#log = log;
    this.#subscriptions = [
      connection.onDidChangeState((state) => {
        this.status = undefined;
        this.tickets = state === "starting" || state === "running" ? this.tickets : [];
        this.#changed.fire();
        this.#specChanged.fire();
        if (state === "running") {
          void this.refresh();
        }
      }),
      connection.onNotification("tenon/statusChanged", ({ status }) => {
        this.status = status;
        this.#changed.fire();
      }),
      connection.onNotification("tenon/ticketsChanged", async () => {
        await this.refreshTickets();
        this.#specChanged.fire();
      }),
      connection.onNotification("tenon/specChanged", () => {
        this.#specChanged.fire();
      }),
      connection.onNotification("tenon/activity", (entry) => {
        this.#note(entry);
      }),
    ];
  }

  get situation(): Situation {
    return {
      hasFolder: Boolean(vscode.workspace.workspaceFolders?.length),
      trusted: vscode.workspace.isTrusted,
      connection: this.connection.state,
      connectionProblem: this.connection.problem,
      status: this.status,
    };
  }

  get state(): TeamState {
    return teamState(this.situation);
  }

  get problem(): Problem | undefined {
    return problemOf(this.situation);
  }

  /** A ticket runs or an agent works; stopping the server would break it off. */
  get atWork(): boolean {
    return (
      this.tickets.some(({ running }) => running) ||
      Boolean(this.status?.agents?.some(({ state }) => state === "working"))
    );
  }

  /** What is being done on a ticket; undefined while it is not known. */
  step(ticketId: string): Step | undefined {
    return this.#steps.get(ticketId);
  }

  /** Take note of a step of the work on a ticket. */
  noteStep(ticketId: string, step: Step): void {
    this.#steps.set(ticketId, step);
    this.#stepped.fire(ticketId);
  }

  /** The ticket as it was last seen. */
  ticket(id: string): Ticket | undefined {
    return this.tickets.find((ticket) => ticket.id === id);
  }

  /** Ask for status and tickets anew. */
  async refresh(): Promise<void> {
    if (this.connection.state !== "running") {
      return;
    }
    try {
      this.status = await this.connection.request("tenon/status", {});
      this.#changed.fire();
    } catch (error) {
      this.#log.error(`Status: ${messageOf(error)}`);
    }
    await this.refreshTickets();
    this.#specChanged.fire();
  }

  /** Ask for the tickets anew. A folder that the team cannot work in has none. */
  async refreshTickets(): Promise<void> {
    try {
      this.tickets = (await this.connection.request("tenon/tickets/list", {})).tickets;
    } catch (error) {
      this.tickets = [];
      this.#log.warn(`Tickets: ${messageOf(error)}`);
    }
    this.#changed.fire();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
    this.#changed.dispose();
    this.#activity.dispose();
    this.#stepped.dispose();
    this.#specChanged.dispose();
  }

  #note(entry: ActivityEntry): void {
    this.#log.info(`[${entry.agent}] ${entry.kind}: ${entry.text}`);
    if (entry.ticketId && entry.kind === "step") {
      this.noteStep(entry.ticketId, entry);
    }
    this.#activity.fire(entry);
  }
}
