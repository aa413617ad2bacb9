import { PayloadError } from '../faults.ts';

/** Numbers the metrics of a birth and counts them against the limit. */
export class Ordinals {
  count = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Throws METRICS_TOO_MANY when the birth has no numbers left. */
  next(): number {
    if (this.count >= this.#most) throw new PayloadError('METRICS_TOO_MANY', `more than ${this.#most}`);
    return this.count++;
  }
}
