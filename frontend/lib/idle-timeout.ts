/** Whether nothing has been heard for too long; everything that is heard starts the clock anew. */
export class Silence {
  readonly #tooLong = new AbortController();
  readonly #patienceMs: number;
  #clock: ReturnType<typeof setTimeout> | undefined;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
    this.heard();
  }

  /** Aborts when it has been too long. */
  get signal(): AbortSignal {
    return this.#tooLong.signal;
  }

  heard(): void {
    this.end();
    this.#clock = setTimeout(() => this.#tooLong.abort(), this.#patienceMs);
  }

  /** Nothing more is waited for. */
  end(): void {
    clearTimeout(this.#clock);
  }
}
