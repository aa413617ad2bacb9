import type { Clock } from '@uns/service';

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #ms = Date.parse('2025-08-26T12:00:00Z');

  now(): number {
    return this.#ms;
  }

  monotonic(): number {
    return this.#ms;
  }

  /** @param ms may have a fraction */
  advance(ms: number): void {
    this.#ms += ms;
  }
}
