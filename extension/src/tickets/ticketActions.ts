import { randomInt } from "node:crypto";
import * as vscode from "vscode";
import { isCancelled } from "../errors";
import type { RequestTypes, Ticket, TicketResult } from "../protocol";
import type { Team } from "../team";
import { addForTests } from "./addForTests";
import { groupOf } from "./groups";
import type { Reviews } from "./review";
import type { TicketDocuments } from "./ticketDocuments";
import type { Node } from "./ticketTree";

/** Each run draws its own candidates, so that running a blocked ticket again tries others. */
const MOST_SEED = 2 ** 31 - 1;

/** What a person can do with a ticket. Each action takes a tree node, an id, or asks for one. */
export class TicketActions {
  constructor(
    private readonly team: Team,
    private readonly documents: TicketDocuments,
    private readonly reviews: Reviews,
  ) {}

  async showDetails(target: unknown): Promise<void> {
    const ticket = await this.#choose(target, () => true);
    if (ticket) {
      await vscode.commands.executeCommand("markdown.showPreview", this.documents.page(ticket.id));
    }
  }

  /** A ticket for the open test file, and at once the work on it. */
  async buildForTests(): Promise<void> {
    const id = await addForTests(this.team);
    if (id) {
      await this.run(id);
    }
  }

  /** Let the pair work; resolves when the ticket is in review, blocked or cancelled. */
  async run(target: unknown): Promise<void> {
    const ticket = await this.#choose(target, isRunnable);
    if (!ticket) {
      return;
    }
    await this.#work(ticket.id, "tenon/tickets/run", {
      id: ticket.id,
      seed: randomInt(MOST_SEED),
    });
  }

  /** Bring finished work onto its base branch as it is now, and run its tests and the suite. */
  async rebase(target: unknown): Promise<void> {
    const ticket = await this.#choose(target, isReviewable);
    if (ticket) {
      await this.reviews.close(ticket.id);
      await this.#work(ticket.id, "tenon/tickets/rebase", { id: ticket.id });
    }
  }

  async cancel(target: unknown): Promise<void> {
    const ticket = await this.#choose(target, ({ running }) => Boolean(running));
    if (ticket) {
      await this.team.connection.request("tenon/tickets/cancel", { id: ticket.id });
      await this.team.refreshTickets();
    }
  }

  async showDiff(target: unknown): Promise<void> {
    const ticket = await this.#choose(target, ({ branch }) => Boolean(branch));
    if (ticket) {
      await this.reviews.show(ticket.id);
    }
  }

  /** Merge. The click is the consent; only a merge into another branch is asked about. */
  async accept(target: unknown): Promise<void> {
    const ticket = await this.#choose(target, isReviewable);
    if (!ticket || !(await this.#confirmBranch(ticket))) {
      return;
    }
    const result = await this.team.connection.request("tenon/tickets/accept", { id: ticket.id });
    await this.reviews.close(ticket.id);
    await this.team.refreshTickets();
    if (result.ticket.state !== "merged") {
      await this.#tellOutcome(result.ticket, result.message);
      return;
    }
    const merged = `“${ticket.title}” is merged into ${result.ticket.baseBranch ?? "its branch"}.`;
    void vscode.window.showInformationMessage([merged, result.message].filter(Boolean).join(" "));
  }

  /** Send the work back with words, or drop the ticket. */
  async reject(target: unknown): Promise<void> {
    const ticket = await this.#choose(target, isReviewable);
    const choice = ticket && (await askForRejection(ticket));
    if (!choice) {
      return;
    }
    const params = { id: ticket.id, reason: choice.reason, drop: choice.drop };
    await this.team.connection.request("tenon/tickets/reject", params);
    await this.reviews.close(ticket.id);
    await this.team.refreshTickets();
  }

  async makeReady(target: unknown): Promise<void> {
    const ticket = await this.#choose(target, ({ state }) => state === "draft");
    if (ticket) {
      const { id, revision } = ticket;
      await this.team.connection.request("tenon/tickets/update", { id, revision, state: "ready" });
      await this.team.refreshTickets();
    }
  }

  /** Let the team work on a ticket, tell its steps, and say what came of it. */
  async #work<M extends "tenon/tickets/run" | "tenon/tickets/rebase">(
    id: string,
    method: M,
    params: RequestTypes[M]["params"],
  ): Promise<void> {
    const result = await this.#untilDone(id, method, params);
    await this.team.refreshTickets();
    if (result) {
      await this.#tellOutcome(result.ticket, result.message);
    }
  }

  /** The ticket afterwards; undefined if the work was cancelled. */
  async #untilDone<M extends "tenon/tickets/run" | "tenon/tickets/rebase">(
    id: string,
    method: M,
    params: RequestTypes[M]["params"],
  ): Promise<TicketResult | undefined> {
    const location = { viewId: "tenon.tickets" };
    try {
      return await vscode.window.withProgress({ location }, () =>
        this.team.connection.request(method, params, {
          onProgress: (value) => {
            this.team.noteStep(id, value);
          },
        }),
      );
    } catch (error) {
      if (isCancelled(error)) {
        return undefined;
      }
      throw error;
    }
  }

  async #choose(target: unknown, fits: (ticket: Ticket) => boolean): Promise<Ticket | undefined> {
    const id = idOf(target) ?? this.reviews.active;
    const ticket = id && this.team.ticket(id);
    if (ticket) {
      return ticket;
    }
    const items = this.team.tickets.filter(fits).map((one) => ({
      label: one.title,
      description: groupOf(one).title,
      detail: one.targetFile,
      ticket: one,
    }));
    if (!items.length) {
      void vscode.window.showInformationMessage("No ticket is in a state for this.");
      return undefined;
    }
    const picked = await vscode.window.showQuickPick(items, { title: "Choose a Ticket" });
    return picked?.ticket;
  }

  async #confirmBranch({ title, baseBranch }: Ticket): Promise<boolean> {
    const here = this.team.status?.branch;
    if (!baseBranch || baseBranch === here) {
      return true;
    }
    const merge = `Merge into ${baseBranch}`;
    const text = `“${title}” was built for ${baseBranch}, but ${here ?? "no branch"} is checked out.`;
    return (await vscode.window.showWarningMessage(text, merge)) === merge;
  }

  async #tellOutcome(ticket: Ticket, message = ""): Promise<void> {
    if (ticket.state === "review") {
      const show = "Show Changes";
      const text = `“${ticket.title}” is ready for your review. ${message}`.trim();
      const { showInformationMessage, showWarningMessage } = vscode.window;
      const tell = message ? showWarningMessage : showInformationMessage;
      if ((await tell(text, show)) === show) {
        await this.reviews.show(ticket.id);
      }
    } else if (ticket.state === "conflicted") {
      await this.#askAboutConflict(ticket);
    } else if (ticket.state === "blocked") {
      const details = "Show Details";
      const reason = ticket.note ?? message;
      const text = `“${ticket.title}” is blocked. ${reason}`.trim();
      if ((await vscode.window.showWarningMessage(text, details)) === details) {
        await this.showDetails(ticket.id);
      }
    }
  }

  /** A conflict is the person's to decide: each button is one of the choices. */
  async #askAboutConflict(ticket: Ticket): Promise<void> {
    const [rebase, again, details] = ["Rebase", "Run Anew", "Show Details"];
    const text = `“${ticket.title}” cannot be merged. ${ticket.note ?? ""}`.trim();
    const choice = await vscode.window.showWarningMessage(text, rebase, again, details);
    if (choice === rebase) {
      await this.rebase(ticket.id);
    } else if (choice === again) {
      await this.run(ticket.id);
    } else if (choice === details) {
      await this.showDetails(ticket.id);
    }
  }
}

function isRunnable({ state, running }: Ticket): boolean {
  return !running && ["ready", "testing", "implementing", "blocked", "conflicted"].includes(state);
}

function isReviewable({ state, running }: Ticket): boolean {
  return !running && (state === "review" || state === "conflicted");
}

function idOf(target: unknown): string | undefined {
  if (typeof target === "string") {
    return target;
  }
  const node = target as Node | undefined;
  return node?.kind === "ticket" ? node.ticket.id : undefined;
}

async function askForRejection(
  ticket: Ticket,
): Promise<{ reason: string; drop: boolean } | undefined> {
  const back = { label: "$(redo) Back to Work…", description: "Say what should be different" };
  const drop = { label: "$(trash) Drop the Ticket", description: "Its branch is deleted" };
  const title = `Reject “${ticket.title}”`;
  const choice = await vscode.window.showQuickPick([back, drop], { title });
  if (choice === drop) {
    return { reason: "", drop: true };
  }
  if (choice !== back) {
    return undefined;
  }
  const reason = await vscode.window.showInputBox({
    title,
    prompt: "What should be different? The team reads your words before it tries again.",
    validateInput: (text) => (text.trim() ? undefined : "A few words are needed."),
  });
  return reason ? { reason: reason.trim(), drop: false } : undefined;
}
