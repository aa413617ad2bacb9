import { cappedBackoff, sleep, systemClock, type Clock, type Logger, type Registry } from '@uns/service';
import type { Redis } from 'ioredis';
import { LimiterMetrics } from './limiter-metrics.ts';
import {
  arrivedWithinMs,
  defaultPacing,
  leaveWithinMs,
  slotLeaseUs,
  slotRestUs,
  slotSpacingUs,
  slotsPerSecond,
  type Pacing,
} from './pacing.ts';
import { RedisClock } from './redis-clock.ts';
import { SlotLedger, type HeldSlot } from './slot-ledger.ts';
import { SlotLine } from './slot-line.ts';
import { SlotReservations, type Reservation } from './slot-reservations.ts';
import { Waiters } from './waiters.ts';

export interface PacedLimiterOptions {
  /** Fails fast while Redis is away (see `connectRedis`). */
  redis: Redis;
  /** The same for all pods that share the cap. */
  key: string;
  pacing: Pick<Pacing, 'capRps'> & Partial<Pacing>;
  /** Share of the rate that is used now, in (0, 1]: the ramp after an outage. */
  share?: () => number;
  registry: Registry;
  logger: Logger;
  clock?: Clock;
}

/** Leave to send one request now. Its slot is held until the request is over, and rests for a second from its arrival. */
export interface Admission {
  /**
   * Ask as the last thing before the first byte is handed to the network. False: the process came too late (it was frozen, or busy), others
   * may have the slot, and nothing may be sent with it.
   */
  leave(): boolean;
  /** Call it when the answer begins to come, if it does: nothing else proves that the request has arrived. */
  answered(): void;
  /** Call it when the request is over, whatever became of it. One that has not left gives its slot back. */
  ended(): void;
}

/** When the slots that may be given out are gone, come back for this many, ms. */
const visitMs = 10;
const longestPauseMs = 500;
/** What became of slots is told at the latest after this, ms. The fleet wants them again a second after their use. */
const reportAfterMs = 200;
/** Redis' clock was set by more than slots may differ: let a second pass, ms. */
const clockStepMs = 20;

/**
 * One rate limit for all pods, kept at the receiver. The fleet has as many slots as requests may arrive in a second. Every request waits
 * for one, and each slot rests for a second from the instant its request arrived. The slots are paced on one timeline in Redis, so that they
 * are not used in bursts. A pod reserves only as many as it has requests waiting. Without Redis nothing is sent.
 */
export class PacedLimiter {
  readonly #pacing: Pacing;
  readonly #reservations: SlotReservations;
  readonly #redisClock = new RedisClock();
  readonly #waiters = new Waiters<Admission>();
  readonly #line: SlotLine<HeldSlot>;
  readonly #ledger: SlotLedger;
  readonly #clock: Clock;
  readonly #share: () => number;
  readonly #logger: Logger;
  readonly #metrics: LimiterMetrics;
  readonly #closing = new AbortController();
  #heldUntil = 0;
  #reserving: Promise<void> | undefined;
  #reportTimer: NodeJS.Timeout | undefined;

  constructor(o: PacedLimiterOptions) {
    const pacing = { ...defaultPacing, ...o.pacing };
    this.#pacing = pacing;
    this.#reservations = new SlotReservations(o.redis, o.key, {
      cap: pacing.capRps,
      aheadMs: pacing.aheadMs,
      leaseUs: slotLeaseUs,
      unknownUs: pacing.aheadMs * 1000 + slotLeaseUs,
    });
    this.#clock = o.clock ?? systemClock;
    this.#share = o.share ?? (() => 1);
    this.#logger = o.logger;
    this.#metrics = new LimiterMetrics(o.registry, this.#clock, {
      waiting: () => this.#waiters.size,
      slotsPerSecond: () => slotsPerSecond(pacing, this.#share()),
      clockUncertaintySeconds: () => this.#redisClock.uncertaintyMs / 1000,
    });
    this.#ledger = new SlotLedger({
      restUs: slotRestUs,
      leaveWithinMs,
      arrivedWithinMs,
      leaseUs: slotLeaseUs,
      toRedisUs: (monotonicMs) => this.#redisClock.toRedisUs(monotonicMs),
    });
    this.#line = new SlotLine({
      clock: this.#clock,
      lateMs: pacing.lateMs,
      onSlot: (slot) => this.#useSlot(slot),
      onLate: (slots) => {
        this.#handBack(slots, 'late');
        this.#reserveWhileNeeded();
      },
    });
  }

  /**
   * Resolves at the instant of a slot: send the request at once, over a connection that is established, and tell the admission what becomes
   * of it. First come, first served, urgent ones before all others. Waits while Redis is away or the fleet is held back.
   *
   * @throws the signal's reason when it is aborted, or when the limiter is closed.
   */
  async admit(signal?: AbortSignal, { urgent }: { urgent: boolean } = { urgent: false }): Promise<Admission> {
    this.#closing.signal.throwIfAborted();
    const turn = this.#waiters.join(this.#clock.monotonic(), signal, urgent);
    this.#reserveWhileNeeded();
    return turn;
  }

  /** After a 429: nobody in the fleet starts a request for `ms` from now (at most 120 s). This pod's slots are given up. */
  async penalise(ms: number): Promise<void> {
    this.#metrics.pushes.inc();
    this.#holdBack(ms);
    await this.#reservations.push(ms);
  }

  /** Lets nobody pass any more: whoever waits is rejected. */
  async close(): Promise<void> {
    const reason = new Error('the limiter is closed');
    this.#closing.abort(reason);
    clearTimeout(this.#reportTimer);
    this.#waiters.rejectAll(reason);
    this.#line.clear();
    await this.#reserving;
  }

  get #needed(): number {
    return Math.max(0, Math.min(this.#pacing.batch, this.#waiters.size - this.#line.length));
  }

  #useSlot(slot: HeldSlot): void {
    const since = this.#waiters.release(this.#admission(slot));
    if (since === undefined) this.#handBack([slot], 'unused');
    else this.#metrics.waitSeconds.observe((this.#clock.monotonic() - since) / 1000);
    this.#reportSoon();
  }

  #admission(slot: HeldSlot): Admission {
    return {
      leave: () => {
        const leaves = this.#ledger.leave(slot, this.#clock.monotonic());
        if (leaves) this.#metrics.used();
        else this.#handBack([slot], 'late');
        return leaves;
      },
      answered: () => this.#ledger.answered(slot, this.#clock.monotonic()),
      ended: () => {
        if (this.#ledger.ended(slot, this.#clock.monotonic()) === 'unused') this.#metrics.ended('unused', 1);
      },
    };
  }

  #handBack(slots: readonly HeldSlot[], why: 'unused' | 'late' | 'revoked'): void {
    for (const slot of slots) this.#ledger.unused(slot);
    this.#metrics.ended(why, slots.length);
    this.#reportSoon();
  }

  #holdBack(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.monotonic() + ms);
    this.#handBack(this.#line.clear(), 'revoked');
    this.#reserveWhileNeeded();
  }

  #reserveWhileNeeded(): void {
    if (this.#reserving === undefined && this.#needed > 0 && !this.#closing.signal.aborted) {
      this.#reserving = this.#reserve();
    }
  }

  /** While slots are being reserved the news goes along. */
  #reportSoon(): void {
    if (this.#reserving !== undefined || this.#closing.signal.aborted) return;
    this.#reportTimer ??= setTimeout(() => {
      this.#reportTimer = undefined;
      if (this.#reserving !== undefined || this.#ledger.isEmpty) return;
      void this.#exchange(0)
        .catch((error: unknown) => this.#logger.debug({ err: error }, 'use of request slots not reported'))
        .finally(() => {
          if (!this.#ledger.isEmpty) this.#reportSoon();
        });
    }, reportAfterMs).unref();
  }

  /** Runs only while there are more requests waiting than slots at hand. */
  async #reserve(): Promise<void> {
    let failures = 0;
    while (this.#needed > 0 && !this.#closing.signal.aborted) {
      const heldMs = this.#heldUntil - this.#clock.monotonic();
      let pauseMs: number;
      try {
        pauseMs = heldMs > 0 ? await this.#reportWhileHeld(heldMs) : await this.#reserveBatch(this.#needed);
        failures = 0;
      } catch (error) {
        if (failures === 0) this.#logger.warn({ err: error }, 'no request slots without Redis, sending nothing');
        this.#metrics.redisFailures.inc();
        pauseMs = cappedBackoff({ attempt: failures, baseMs: 50, capMs: 2000 });
        failures += 1;
      }
      if (pauseMs > 0) await this.#pause(Math.min(pauseMs, this.#ledger.isEmpty ? longestPauseMs : reportAfterMs));
    }
    this.#reserving = undefined;
    if (!this.#ledger.isEmpty) this.#reportSoon();
  }

  /** The requests that have left may take longer than the lease of their slots. Returns how long to wait, ms. */
  async #reportWhileHeld(heldMs: number): Promise<number> {
    if (!this.#ledger.isEmpty) await this.#exchange(0);
    return heldMs;
  }

  /** Returns how long to wait before asking again, ms: 0 when all that was wanted was given. */
  async #reserveBatch(wanted: number): Promise<number> {
    const { slots, freeUs, nowUs } = await this.#exchange(wanted);
    const now = this.#clock.monotonic();
    this.#metrics.granted.inc(slots.length);
    const held = slots.map((slot) =>
      this.#ledger.grant(slot, this.#redisClock.toMonotonic(slot.instantUs / 1000), now),
    );
    if (this.#heldUntil > now) {
      // Reserved before the push that another request of this pod has caused meanwhile.
      this.#handBack(held, 'revoked');
      return 0;
    }
    this.#line.add(held.map((slot) => ({ at: slot.at, slot })));
    if (slots.length === wanted) return 0;
    return Math.max(1, (freeUs - nowUs) / 1000 - this.#pacing.aheadMs + visitMs);
  }

  /** Tells the fleet what became of this pod's slots, and takes new ones. */
  async #exchange(wanted: number): Promise<Reservation> {
    const sentAt = this.#clock.monotonic();
    const returns = this.#ledger.take(sentAt);
    let reservation: Reservation;
    try {
      reservation = await this.#reservations.reserve(wanted, slotSpacingUs(this.#pacing, this.#share()), returns);
    } catch (error) {
      this.#ledger.putBack(returns);
      throw error;
    }
    const receivedAt = this.#clock.monotonic();
    const stepMs = this.#redisClock.read({ sentAt, receivedAt, redisAt: reservation.nowUs / 1000 });
    if (stepMs > 0) await this.#clockWasSet(stepMs);
    return reservation;
  }

  /** What was reserved before means nothing on another clock. After a large step nobody knows when the slots were used last. */
  async #clockWasSet(stepMs: number): Promise<void> {
    this.#logger.warn({ stepMs }, 'the clock of Redis was set, or another server answers');
    this.#metrics.ended('revoked', this.#line.clear().length);
    this.#ledger.forget();
    if (stepMs < clockStepMs) {
      this.#reserveWhileNeeded();
      return;
    }
    this.#holdBack(1000);
    await this.#reservations.push(1000);
  }

  async #pause(ms: number): Promise<void> {
    try {
      await sleep(ms, this.#closing.signal);
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error;
    }
  }
}
