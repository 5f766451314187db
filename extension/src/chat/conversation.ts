/** The chat's state and how it changes. Knows nothing of VS Code. */
import { figures } from "../agents";
import type { ProgressValue, Turn } from "../protocol";
import type { RunningReply } from "./messages";

/** Who reads every message first. */
const FIRST_CONTACT = "project_manager";

/** One conversation: the messages so far, and the reply that is being written. */
export class Conversation {
  turns: Turn[] = [];
  running: RunningReply | undefined;
  error: string | undefined;
  #startedAt = 0;
  #localIds = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** Replace the messages by those that the server keeps; a failure may be among them. */
  load(turns: Turn[]): void {
    this.turns = turns;
    if (turns.at(-1)?.complete === false) {
      this.error = undefined;
    }
  }

  /** A person sends a message. */
  send(text: string): void {
    const id = this.#localId();
    const createdAt = new Date(this.now()).toISOString();
    this.turns = [...this.turns, { id, sessionId: "", role: "user", text, createdAt }];
    this.error = undefined;
    this.#startedAt = this.now();
    this.running = { agent: FIRST_CONTACT, text: "", step: "", elapsedSeconds: 0 };
  }

  /** More of the reply arrived, or an agent took the next step. */
  progress(value: ProgressValue): void {
    if (!this.running) {
      return;
    }
    const text = value.kind === "text" ? this.running.text + value.text : this.running.text;
    const numbers = figures({ ...value, elapsedSeconds: undefined });
    const step =
      value.kind === "step" ? [value.text, numbers].filter(Boolean).join(" · ") : this.running.step;
    this.running = { agent: value.agent || this.running.agent, text, step, elapsedSeconds: 0 };
    this.tick();
  }

  /** Bring the elapsed time up to date. */
  tick(): void {
    if (this.running) {
      const elapsedSeconds = (this.now() - this.#startedAt) / 1000;
      this.running = { ...this.running, elapsedSeconds };
    }
  }

  /** The reply is complete. */
  finish(turn: Turn): void {
    this.running = undefined;
    this.turns = [...this.turns, turn];
  }

  /** The person stopped the reply; what had arrived of it stays. */
  stop(): void {
    const { agent = FIRST_CONTACT, text = "" } = this.running ?? {};
    const id = this.#localId();
    const createdAt = new Date(this.now()).toISOString();
    this.finish({ id, sessionId: "", role: "agent", agent, text, createdAt, complete: false });
  }

  /** There will be no reply. */
  fail(message: string): void {
    this.running = undefined;
    this.error = message;
  }

  /** Ids never come back, so that a page never shows one message for another. */
  #localId(): string {
    this.#localIds += 1;
    return `local-${this.#localIds}`;
  }
}
