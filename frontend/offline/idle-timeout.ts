/** Aborts its signal when `restart` has not been called for the given time, or when `outer` aborts. */
export class IdleTimeout {
  readonly #controller = new AbortController();
  readonly #durationMs: number;
  readonly #outer: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(durationMs: number, outer: AbortSignal) {
    this.#durationMs = durationMs;
    this.#outer = outer;
    // `AbortSignal.any` does this too, but Safari has it since 17.4 only.
    if (outer.aborted) this.#abort();
    outer.addEventListener("abort", this.#abort);
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), this.#durationMs);
  }

  /** Stops the timer. The signal does not abort any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#abort);
  }

  readonly #abort = () => this.#controller.abort(this.#outer.reason);
}
