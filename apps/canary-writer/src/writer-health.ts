import type { Check, Clock } from '@uns/service';

/** Without any sign of progress for so long while there are jobs in hand a restart is worth trying, ms. */
const patienceMs = 5 * 60_000;

/** Progress as a pod sees it: an answer of Canary, whatever it says, or a job that ends or goes back. */
export class Progress {
  readonly #clock: Clock;
  #at: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.monotonic();
  }

  made(): void {
    this.#at = this.#clock.monotonic();
  }

  /** @param inHand jobs being worked on; a pod without any has no progress to make */
  check(inHand: number): Check {
    const quietMs = this.#clock.monotonic() - this.#at;
    return {
      ok: inHand === 0 || quietMs < patienceMs,
      detail: `${inHand} jobs in hand, last progress ${Math.round(quietMs / 1000)} s ago`,
    };
  }
}
