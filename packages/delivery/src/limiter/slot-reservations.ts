import type { Redis } from 'ioredis';
import { RedisScript } from '../redis/script.ts';
import type { ReservedSlot, SlotReturn } from './slot.ts';

/** No push is longer, so an instant further ahead is an error of the clock. */
const longestPushMs = 120_000;

/** A slot is never given out for an instant that is over when the reply arrives. */
const leadUs = 2000;

export interface Reservation {
  slots: ReservedSlot[];
  /** The next instant that nobody has. */
  freeUs: number;
  nowUs: number;
}

interface SlotRules {
  cap: number;
  aheadMs: number;
  leaseUs: number;
  /** Slots that Redis has lost are free after this: whoever holds one has used it by then. */
  unknownUs: number;
}

/** The fleet's slots in Redis: when each is free again, and the next instant that nobody has. */
export class SlotReservations {
  readonly #script = new RedisScript(new URL('reserve-slots.lua', import.meta.url));
  readonly #redis: Redis;
  readonly #keys: readonly string[];
  readonly #rules: SlotRules;

  constructor(redis: Redis, key: string, rules: SlotRules) {
    this.#redis = redis;
    this.#keys = [key, `${key}:slots`];
    this.#rules = rules;
  }

  /** Hands slots back and takes up to `wanted`, which lie at most `aheadMs` ahead. Rejects at once while Redis is away. */
  reserve(wanted: number, spacingUs: number, returns: readonly SlotReturn[]): Promise<Reservation> {
    return this.#run(wanted, spacingUs, leadUs, Math.round(this.#rules.aheadMs * 1000), returns);
  }

  /** Nobody in the fleet gets a slot before `ms` from now, at most `longestPushMs`. */
  async push(ms: number): Promise<void> {
    const us = Math.round(Math.min(ms, longestPushMs) * 1000);
    await this.#run(0, 1, us, us, []);
  }

  async #run(
    wanted: number,
    spacingUs: number,
    earliestUs: number,
    latestUs: number,
    returns: readonly SlotReturn[],
  ): Promise<Reservation> {
    const limitUs = longestPushMs * 1000 + 5_000_000;
    const { cap, leaseUs, unknownUs } = this.#rules;
    const args = [wanted, spacingUs, earliestUs, latestUs, limitUs, cap, leaseUs, unknownUs];
    const back = returns.flatMap(({ name, leaseUs: lease, freeUs }) => [name, lease, freeUs]);
    return readReply(await this.#script.run(this.#redis, this.#keys, [...args, ...back]));
  }
}

function readReply(reply: unknown): Reservation {
  const [freeUs, nowUs, ...rest] = Array.isArray(reply) ? reply.map(String) : [];
  if (freeUs === undefined || nowUs === undefined || rest.length % 4 !== 0) {
    throw new Error('unexpected reply of reserve-slots.lua');
  }
  const slots: ReservedSlot[] = [];
  for (let i = 0; i < rest.length; i += 4) {
    const [name = '', instantUs, freeSinceUs, leaseUs] = rest.slice(i, i + 4);
    slots.push({
      name,
      instantUs: Number(instantUs),
      freeSinceUs: Number(freeSinceUs),
      leaseUs: Number(leaseUs),
    });
  }
  return { slots, freeUs: Number(freeUs), nowUs: Number(nowUs) };
}
