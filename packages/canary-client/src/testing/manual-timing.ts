import type { Timing } from '../timing.ts';

/** Time that moves only when told to; alarms ring in order while it does. */
export class ManualTiming implements Timing {
  readonly #alarms = new Set<{ readonly at: number; readonly ring: () => void }>();
  readonly #random: () => number;
  #now = 1_000;

  /** @param random Fixed chance; the middle by default, so that jitter vanishes. */
  constructor(random: () => number = () => 0.5) {
    this.#random = random;
  }

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  random(): number {
    return this.#random();
  }

  alarm(ms: number, f: () => void): () => void {
    const alarm = { at: this.#now + ms, ring: f };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  get pendingAlarms(): number {
    return this.#alarms.size;
  }

  /** Moves time on, rings what is due, and lets the work that starts come to rest. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#alarms].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.ring();
      await settled();
    }
    this.#now = end;
    await settled();
  }
}

/** Lets every promise that can go on without I/O go on. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
