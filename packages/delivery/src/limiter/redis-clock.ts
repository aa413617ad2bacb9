/** Two clocks drift apart by less than this: crystals differ by 0.1 ms/s, and NTP may slew a clock by 0.5 ms/s. */
const driftPerMs = 0.0006;

export interface ClockReading {
  /** Our monotonic clock just before the command was sent, ms. */
  sentAt: number;
  /** Our monotonic clock when the reply was here, ms. */
  receivedAt: number;
  /** The clock of Redis somewhere between the two, ms. */
  redisAt: number;
}

/**
 * Translates instants of Redis' clock into our monotonic one.
 *
 * A reply says only that Redis read its clock between our sending and our receiving. So the offset (ours minus Redis') lies between
 * `sentAt - redisAt` and `receivedAt - redisAt`, and no single reply says where. Taking the middle would be early whenever the way
 * there is shorter than the way back, and early is what breaks the cap. We take the upper end: late by at most the way back, never
 * early. Every further reply cuts the interval down, so a reply that waited for a busy event loop does no harm; the drift of the
 * clocks widens it again. A reading that cannot be true together with the earlier ones means that Redis' clock was set, or that
 * another server answers: then only the newest reading counts.
 */
export class RedisClock {
  #low = -Infinity;
  #high = Infinity;
  #readAt = 0;

  /**
   * Returns by how much, at least, the reading contradicts the earlier ones, ms: 0 when it does not. Otherwise instants translated before
   * are no longer valid.
   */
  read({ sentAt, receivedAt, redisAt }: ClockReading): number {
    const drift = (receivedAt - this.#readAt) * driftPerMs;
    const low = Math.max(this.#low - drift, sentAt - redisAt);
    const high = Math.min(this.#high + drift, receivedAt - redisAt);
    this.#readAt = receivedAt;
    const consistent = low <= high;
    this.#low = consistent ? low : sentAt - redisAt;
    this.#high = consistent ? high : receivedAt - redisAt;
    return consistent ? 0 : low - high;
  }

  /** The instant of our monotonic clock by which Redis' clock has certainly reached `redisMs`. */
  toMonotonic(redisMs: number): number {
    return redisMs + this.#high;
  }

  /** The instant of Redis' clock, µs, that it has certainly not passed before our monotonic clock reached `monotonicMs`. */
  toRedisUs(monotonicMs: number): number {
    return Math.ceil((monotonicMs - this.#low) * 1000);
  }

  /** How late, at most, an instant is for want of knowing better, ms. */
  get uncertaintyMs(): number {
    return this.#high - this.#low;
  }
}
