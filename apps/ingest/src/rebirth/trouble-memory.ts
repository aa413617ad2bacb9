import { NewestMap } from '@uns/service';

interface Trouble {
  times: number;
  /** When it made us ask last, or will. */
  askedMs: number;
}

const mostTroubles = 10_000;
const capMs = 24 * 3_600_000;

/**
 * How often the same trouble has made us ask already. A rebirth that does not help must not be asked for again and again: each time the
 * pause is twice as long, up to a day.
 */
export class TroubleMemory {
  readonly #baseMs: number;
  readonly #troubles = new NewestMap<string, Trouble>(mostTroubles);

  /** `baseMs`: the pause after the first time. */
  constructor(baseMs: number) {
    this.#baseMs = baseMs;
  }

  /** Notes the trouble. Returns how long to wait before asking, in ms: nothing the first time. */
  delayFor(key: string, nowMs: number): number {
    const known = this.#troubles.get(key);
    if (known !== undefined && known.askedMs > nowMs) return known.askedMs - nowMs;
    const pauseMs = known === undefined ? 0 : Math.min(capMs, this.#baseMs * 2 ** Math.min(known.times - 1, 20));
    const askedMs = Math.max(nowMs, (known?.askedMs ?? nowMs) + pauseMs);
    this.#troubles.put(key, { times: (known?.times ?? 0) + 1, askedMs });
    return askedMs - nowMs;
  }

  /** The trouble is over. */
  forget(key: string): void {
    this.#troubles.delete(key);
  }
}
