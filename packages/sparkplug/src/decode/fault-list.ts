import { excerpt, FAULTS } from '../faults.ts';
import type { Fault, FaultReason } from '../faults.ts';

const NONE: readonly Fault[] = Object.freeze([]);

/** The faults of the metric being read, at most `most` of them: beyond that, one that costs a property takes the last place. */
export class FaultList {
  readonly #most: number;
  #faults: Fault[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(reason: FaultReason, key: string | null, detail: string): void {
    if (this.#faults.length < this.#most) {
      this.#faults.push({ reason, key: key === null ? null : excerpt(key), detail });
    } else if (this.#most > 0 && FAULTS[reason].effect === 'property') {
      // That a property is lost has to be told, whatever else is.
      this.#faults[this.#most - 1] = { reason, key: key === null ? null : excerpt(key), detail };
    }
  }

  /** Hands the faults over and starts anew. Nearly every metric has none, and they all share one empty list. */
  take(): readonly Fault[] {
    if (this.#faults.length === 0) return NONE;
    const faults = this.#faults;
    this.#faults = [];
    return faults;
  }
}
