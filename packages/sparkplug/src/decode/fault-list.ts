import { excerpt } from '../faults.ts';
import type { Fault, FaultReason } from '../faults.ts';

const NONE: readonly Fault[] = Object.freeze([]);

/** The faults of the metric being read, at most `most` of them. */
export class FaultList {
  readonly #most: number;
  #faults: Fault[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(reason: FaultReason, key: string | null, detail: string): void {
    if (this.#faults.length >= this.#most) return;
    this.#faults.push({ reason, key: key === null ? null : excerpt(key), detail });
  }

  /** Hands the faults over and starts anew. Nearly every metric has none, and they all share one empty list. */
  take(): readonly Fault[] {
    if (this.#faults.length === 0) return NONE;
    const faults = this.#faults;
    this.#faults = [];
    return faults;
  }
}
