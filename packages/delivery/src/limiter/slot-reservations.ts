import type { Redis } from 'ioredis';
import { RedisScript } from '../redis/script.ts';

/** No push is longer, so an instant further ahead is an error of the clock. */
const longestPushMs = 120_000;

/** A slot is never given out for an instant that is over when the reply arrives. */
const leadUs = 2000;

export interface Reservation {
  granted: number;
  /** Instants of Redis' clock, µs. */
  firstUs: number;
  freeUs: number;
  nowUs: number;
}

/** The fleet's one timeline of slots: a key in Redis with the next instant that nobody has. */
export class SlotReservations {
  readonly #script = new RedisScript(new URL('reserve-slots.lua', import.meta.url));
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, key: string) {
    this.#redis = redis;
    this.#key = key;
  }

  /** Takes up to `wanted` slots that lie at most `aheadMs` ahead. Rejects at once while Redis is away. */
  reserve(wanted: number, spacingUs: number, aheadMs: number): Promise<Reservation> {
    return this.#run(wanted, spacingUs, leadUs, Math.round(aheadMs * 1000));
  }

  /** Nobody in the fleet gets a slot before `ms` from now, at most `longestPushMs`. */
  async push(ms: number): Promise<void> {
    const us = Math.round(Math.min(ms, longestPushMs) * 1000);
    await this.#run(0, 1, us, us);
  }

  async #run(wanted: number, spacingUs: number, earliestUs: number, latestUs: number): Promise<Reservation> {
    const limitUs = longestPushMs * 1000 + 5_000_000;
    const args = [wanted, spacingUs, earliestUs, latestUs, limitUs];
    const [granted, firstUs, freeUs, nowUs] = numbers(await this.#script.run(this.#redis, [this.#key], args));
    if (granted === undefined || firstUs === undefined || freeUs === undefined || nowUs === undefined) {
      throw new Error('unexpected reply of reserve-slots.lua');
    }
    return { granted, firstUs, freeUs, nowUs };
  }
}

const numbers = (reply: unknown): number[] => (Array.isArray(reply) ? reply.map(Number) : []);
