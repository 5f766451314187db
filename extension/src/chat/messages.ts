/** Messages between the chat's webview and the extension. Shared by both sides. */
import type { Turn } from "../protocol";
import type { Problem } from "../teamState";

/** A reply that is being written. */
export interface RunningReply {
  agent: string;
  text: string;
  /** What is being done now, with figures. */
  step: string;
  elapsedSeconds: number;
}

/** Everything that the chat shows. */
export interface ChatState {
  turns: Turn[];
  running?: RunningReply;
  /** Why the last message got no reply. */
  error?: string;
  problem?: Problem;
  starting: boolean;
}

export type ToChat =
  | { type: "state"; state: ChatState }
  | { type: "running"; running: RunningReply }
  /** Put a message that got no reply back into the input. */
  | { type: "draft"; text: string };

export type FromChat =
  | { type: "ready" }
  /** The person has begun a message. */
  | { type: "writing" }
  | { type: "send"; text: string }
  | { type: "cancel" }
  | { type: "openProposal"; proposalId: string }
  | { type: "showTickets"; ticketIds: string[] }
  | { type: "openLink"; address: string }
  | { type: "action"; command: string };
