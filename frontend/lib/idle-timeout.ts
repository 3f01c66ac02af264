/** Aborts its signal when `restart` has not been called for the given time. */
export class IdleTimeout {
  readonly #controller = new AbortController();
  readonly #durationMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.stop();
    this.#timer = setTimeout(() => this.#controller.abort(), this.#durationMs);
  }

  /** Stops the timer. The signal does not abort any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
