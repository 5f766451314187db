/** Messages between the spec's webview and the extension. Shared by both sides. */
import type { SpecResult } from "../protocol";

/** A decision that the server is working on. */
export interface Busy {
  proposalId: string;
  step: string;
}

export interface SpecState {
  /** Missing until the server has answered. */
  spec?: SpecResult;
  /** Why there is no spec to show. */
  problem?: string;
  busy?: Busy;
  /** What the last decision led to, or why it failed. */
  notice?: { kind: "info" | "error"; text: string };
  /** Titles of tickets by id. */
  tickets: Record<string, string>;
}

export type ToSpec = { type: "state"; state: SpecState } | { type: "reveal"; proposalId: string };

export type FromSpec =
  | { type: "ready" }
  | { type: "accept" | "reject"; proposalId: string; requirementIds?: string[] }
  | { type: "openFile" }
  | { type: "openChat" }
  | { type: "showTicket"; ticketId: string }
  | { type: "openLink"; address: string };
