/** A task of which one run is under way and at most one more waits, however often it is asked for. */
export class Coalesced {
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(private readonly task: () => Promise<void>) {}

  /** Settles when a run that started after this call has ended. */
  run(): Promise<void> {
    if (!this.#running) {
      return this.#start();
    }
    this.#next ??= this.#running
      .catch(() => undefined) // the failed run told its own callers
      .then(() => {
        this.#next = undefined;
        return this.#start();
      });
    return this.#next;
  }

  #start(): Promise<void> {
    this.#running = this.task().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
