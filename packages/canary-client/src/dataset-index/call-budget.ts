/** At most `calls` in each period of `perMs`: what is rare and dear stays a small part of the request rate. */
export class CallBudget {
  readonly #calls: number;
  readonly #perMs: number;
  readonly #monotonic: () => number;
  #periodStart = Number.NEGATIVE_INFINITY;
  #spent = 0;

  constructor(options: { calls: number; perMs: number; monotonic: () => number }) {
    this.#calls = options.calls;
    this.#perMs = options.perMs;
    this.#monotonic = options.monotonic;
  }

  /** Takes one call from the budget; false when none is left in this period. */
  take(): boolean {
    const now = this.#monotonic();
    if (now - this.#periodStart >= this.#perMs) {
      this.#periodStart = now;
      this.#spent = 0;
    }
    if (this.#spent >= this.#calls) return false;
    this.#spent++;
    return true;
  }
}
