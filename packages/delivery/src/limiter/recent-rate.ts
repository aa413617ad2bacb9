import type { Clock } from '@uns/service';

const seconds = 10;

/** How often something has happened per second, over the last ten seconds. */
export class RecentRate {
  readonly #clock: Clock;
  /** One more than is looked at: the second that is not over does not count. */
  readonly #counts = Array.from({ length: seconds + 1 }, () => ({ second: -1, count: 0 }));

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(): void {
    const second = this.#second();
    const slot = this.#counts[second % this.#counts.length];
    if (slot === undefined) return;
    if (slot.second !== second) Object.assign(slot, { second, count: 0 });
    slot.count += 1;
  }

  perSecond(): number {
    const now = this.#second();
    const whole = this.#counts.filter(({ second }) => second >= now - seconds && second < now);
    return whole.reduce((sum, { count }) => sum + count, 0) / seconds;
  }

  #second(): number {
    return Math.floor(this.#clock.monotonic() / 1000);
  }
}
