import type { Outcomes } from './circuit-store.ts';
import type { Verdict } from './local-breaker.ts';

/** Outcomes of this pod that the fleet does not know yet. */
export class OutcomeTally {
  #successes = 0;
  #failures = 0;
  #serverErrors = 0;
  #run = 0;

  add(verdict: Verdict): void {
    if (verdict === 'success') {
      this.#successes += 1;
      this.#run = 0;
    } else if (verdict !== 'neutral') {
      this.#failures += 1;
      this.#run += 1;
      if (verdict === 'server-error') this.#serverErrors += 1;
    }
  }

  /** Empties the tally. What could not be reported is lost: old outcomes say little once Redis is back. */
  take(): Outcomes {
    const taken = {
      successes: this.#successes,
      failures: this.#failures,
      serverErrors: this.#serverErrors,
      run: this.#run,
    };
    this.#successes = this.#failures = this.#serverErrors = this.#run = 0;
    return taken;
  }
}
