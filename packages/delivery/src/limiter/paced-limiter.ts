import { cappedBackoff, sleep, systemClock, type Clock, type Logger, type Registry } from '@uns/service';
import type { Redis } from 'ioredis';
import { LimiterMetrics } from './limiter-metrics.ts';
import { defaultPacing, slotSpacingUs, type Pacing } from './pacing.ts';
import { RedisClock } from './redis-clock.ts';
import { SlotLine } from './slot-line.ts';
import { SlotReservations } from './slot-reservations.ts';
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

/** When the slots that may be given out are gone, come back for this many, ms. */
const visitMs = 10;
const longestPauseMs = 500;

/**
 * One rate limit for all pods, kept at the receiver: every request waits for a slot, and the slots of all pods together lie evenly
 * spaced on one timeline in Redis. A pod reserves only as many as it has requests waiting. Without Redis nothing is sent.
 */
export class PacedLimiter {
  readonly #pacing: Pacing;
  readonly #reservations: SlotReservations;
  readonly #redisClock = new RedisClock();
  readonly #waiters = new Waiters();
  readonly #line: SlotLine;
  readonly #clock: Clock;
  readonly #share: () => number;
  readonly #logger: Logger;
  readonly #metrics: LimiterMetrics;
  readonly #closing = new AbortController();
  #heldUntil = 0;
  #reserving: Promise<void> | undefined;

  constructor(o: PacedLimiterOptions) {
    this.#pacing = { ...defaultPacing, ...o.pacing };
    this.#reservations = new SlotReservations(o.redis, o.key);
    this.#clock = o.clock ?? systemClock;
    this.#share = o.share ?? (() => 1);
    this.#logger = o.logger;
    this.#metrics = new LimiterMetrics(o.registry, {
      waiting: () => this.#waiters.size,
      slotsPerSecond: () => 1_000_000 / this.#spacingUs(),
      clockUncertaintySeconds: () => this.#redisClock.uncertaintyMs / 1000,
    });
    this.#line = new SlotLine({
      clock: this.#clock,
      lateMs: this.#pacing.lateMs,
      onSlot: () => this.#useSlot(),
      onLate: (count) => {
        this.#metrics.ended('late', count);
        this.#reserveWhileNeeded();
      },
    });
  }

  /**
   * Resolves at the instant of a slot: send the request at once, with its body made before. First come, first served. Waits while
   * Redis is away or the fleet is held back.
   *
   * @throws the signal's reason when it is aborted, or when the limiter is closed.
   */
  async admit(signal?: AbortSignal): Promise<void> {
    this.#closing.signal.throwIfAborted();
    const turn = this.#waiters.join(this.#clock.monotonic(), signal);
    this.#reserveWhileNeeded();
    await turn;
  }

  /** After a 429: nobody in the fleet starts a request for `ms` from now (at most 120 s). This pod's slots are given up. */
  async penalise(ms: number): Promise<void> {
    this.#metrics.pushes.inc();
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.monotonic() + ms);
    this.#revokeSlots();
    await this.#reservations.push(ms);
  }

  /** Lets nobody pass any more: whoever waits is rejected. */
  async close(): Promise<void> {
    const reason = new Error('the limiter is closed');
    this.#closing.abort(reason);
    this.#waiters.rejectAll(reason);
    this.#line.clear();
    await this.#reserving;
  }

  get #needed(): number {
    return Math.min(this.#pacing.batch, this.#waiters.size - this.#line.length);
  }

  #spacingUs(): number {
    return Math.ceil(slotSpacingUs(this.#pacing) / this.#share());
  }

  #useSlot(): void {
    const since = this.#waiters.release();
    this.#metrics.ended(since === undefined ? 'unused' : 'used');
    if (since !== undefined) this.#metrics.waitSeconds.observe((this.#clock.monotonic() - since) / 1000);
  }

  #revokeSlots(): void {
    this.#metrics.ended('revoked', this.#line.clear());
    this.#reserveWhileNeeded();
  }

  #reserveWhileNeeded(): void {
    if (this.#reserving === undefined && this.#needed > 0 && !this.#closing.signal.aborted) {
      this.#reserving = this.#reserve();
    }
  }

  /** Runs only while there are more requests waiting than slots at hand. */
  async #reserve(): Promise<void> {
    let failures = 0;
    while (this.#needed > 0 && !this.#closing.signal.aborted) {
      const heldMs = this.#heldUntil - this.#clock.monotonic();
      let pauseMs = Math.max(0, heldMs);
      if (heldMs <= 0) {
        try {
          pauseMs = await this.#reserveBatch(this.#needed);
          failures = 0;
        } catch (error) {
          if (failures === 0) this.#logger.warn({ err: error }, 'no request slots without Redis, sending nothing');
          this.#metrics.redisFailures.inc();
          pauseMs = cappedBackoff({ attempt: failures, baseMs: 50, capMs: 2000 });
          failures += 1;
        }
      }
      if (pauseMs > 0) await this.#pause(Math.min(pauseMs, longestPauseMs));
    }
    this.#reserving = undefined;
  }

  /** Returns how long to wait before asking again, ms: 0 when all that was wanted was given. */
  async #reserveBatch(wanted: number): Promise<number> {
    const spacingUs = this.#spacingUs();
    const sentAt = this.#clock.monotonic();
    const { granted, firstUs, freeUs, nowUs } = await this.#reservations.reserve(
      wanted,
      spacingUs,
      this.#pacing.aheadMs,
    );
    const receivedAt = this.#clock.monotonic();
    this.#metrics.granted.inc(granted);
    if (!this.#redisClock.read({ sentAt, receivedAt, redisAt: nowUs / 1000 })) {
      this.#logger.warn('the clock of Redis was set, or another server answers');
      this.#metrics.ended('revoked', this.#line.clear());
    }
    if (this.#heldUntil > receivedAt) {
      // Reserved before the push that another request of this pod has caused meanwhile.
      this.#metrics.ended('revoked', granted);
      return 0;
    }
    this.#line.add(
      Array.from({ length: granted }, (_, index) => this.#redisClock.toMonotonic((firstUs + index * spacingUs) / 1000)),
    );
    if (granted === wanted) return 0;
    return Math.max(1, (freeUs - nowUs) / 1000 - this.#pacing.aheadMs + visitMs);
  }

  async #pause(ms: number): Promise<void> {
    try {
      await sleep(ms, this.#closing.signal);
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error;
    }
  }
}
