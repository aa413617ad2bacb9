import { systemClock, type Clock, type Logger, type Registry } from '@uns/service';
import type { Redis } from 'ioredis';
import { CircuitMetrics } from './circuit-metrics.ts';
import { defaultCircuitPolicy, type CircuitPolicy } from './circuit-policy.ts';
import {
  stateAt,
  transitions,
  tripReason,
  type CircuitEvent,
  type CircuitRecord,
  type CircuitState,
  type TripReason,
} from './circuit-state.ts';
import { CircuitStore } from './circuit-store.ts';
import { LocalBreaker, type Verdict } from './local-breaker.ts';
import { OutcomeTally } from './outcome-tally.ts';

/** The call was not made: Canary is taken to be down. Give the work back and come again after `retryInMs`. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError';
  readonly retryInMs: number;

  constructor(retryInMs: number) {
    super(`the circuit is open, next try in ${Math.ceil(retryInMs)} ms`);
    this.retryInMs = retryInMs;
  }
}

export interface FleetCircuitOptions {
  /** Fails fast while Redis is away (see `connectRedis`). */
  redis: Redis;
  /** The same for all pods. */
  key: string;
  policy?: Partial<CircuitPolicy>;
  registry: Registry;
  logger: Logger;
  clock?: Clock;
}

/** What a pod knows of the fleet's circuit may be this old, ms. */
const freshMs = 200;
/** Somebody else probes, or Redis is away: come again after this, ms. */
const againMs = 1000;

/**
 * One circuit breaker for all pods. A pod trips by itself after enough failures in a row; everything else is decided on the counts of the
 * whole fleet in Redis, by whoever reads them first. While the circuit is open nobody calls; then one call of one pod is let through.
 */
export class FleetCircuit {
  readonly #policy: CircuitPolicy;
  readonly #store: CircuitStore;
  readonly #local: LocalBreaker;
  readonly #tally = new OutcomeTally();
  readonly #metrics: CircuitMetrics;
  readonly #logger: Logger;
  readonly #clock: Clock;
  #view: { record: CircuitRecord; readAt: number } | undefined;
  #reading: Promise<CircuitRecord> | undefined;

  constructor(o: FleetCircuitOptions) {
    this.#policy = { ...defaultCircuitPolicy, ...o.policy };
    this.#store = new CircuitStore(o.redis, o.key, this.#policy);
    this.#logger = o.logger;
    this.#clock = o.clock ?? systemClock;
    this.#metrics = new CircuitMetrics(o.registry, () => this.#known().state);
    this.#local = new LocalBreaker({
      consecutiveFailures: this.#policy.consecutiveFailures,
      onVerdict: (verdict) => {
        this.#tally.add(verdict);
        this.#metrics.calls.inc({ verdict });
      },
    });
  }

  /** Share of the full rate that may be used now, in (0, 1]. */
  share(): number {
    const known = this.#known();
    return known.state === 'recovering' ? known.share : 1;
  }

  /** How the circuit of the fleet stands, at most 0.2 s ago. @throws Error while Redis is away. */
  async state(): Promise<CircuitState> {
    if (this.#view === undefined || this.#clock.monotonic() - this.#view.readAt > freshMs) {
      this.#reading ??= this.#report().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    return this.#known();
  }

  /**
   * Calls if the circuit lets it. `judge` says what the result means for the health of the other side; a call that rejects says nothing.
   *
   * @throws CircuitOpenError when the call was not made: the circuit is open, somebody else probes, or Redis is away.
   */
  async run<T>(call: () => Promise<T>, judge: (result: T) => Verdict): Promise<T> {
    const now = await this.#orRefuse(this.state());
    if (now.state === 'open') throw this.#refused(now.probeInMs);
    return now.state === 'half-open' ? this.#probe(call, judge) : this.#callLocally(call, judge);
  }

  close(): void {
    this.#local.shutdown();
  }

  async #callLocally<T>(call: () => Promise<T>, judge: (result: T) => Verdict): Promise<T> {
    const fired = await this.#local.fire(call, judge);
    if (!fired.fired) throw this.#refused(againMs);
    if (fired.verdict === 'server-error' || fired.verdict === 'failure') {
      await this.#despiteRedis('failure not reported to the fleet', () => this.#report());
    }
    return fired.result;
  }

  /** One call for the whole fleet. It goes around the local breaker, which stays open until the circuit of the fleet closes it. */
  async #probe<T>(call: () => Promise<T>, judge: (result: T) => Verdict): Promise<T> {
    const token = await this.#orRefuse(this.#store.takeProbe());
    if (token === null) throw this.#refused(againMs);
    try {
      // Between our reading and the lock another pod's probe may have ended.
      const record = await this.#orRefuse(this.#report());
      const now = stateAt(record, record.nowMs, this.#policy);
      if (now.state !== 'half-open') throw this.#refused(now.state === 'open' ? now.probeInMs : 0);
      this.#logger.info('probing Canary for the fleet');
      const result = await call();
      const verdict = judge(result);
      this.#metrics.calls.inc({ verdict });
      if (verdict !== 'neutral') {
        const event = verdict === 'success' ? 'probe-succeeded' : 'probe-failed';
        await this.#despiteRedis('end of the probe not told to the fleet', () => this.#change(record, event, null));
      }
      return result;
    } finally {
      await this.#despiteRedis('probe not released, its lease will end', () => this.#store.releaseProbe(token));
    }
  }

  /** Tells the fleet what this pod has seen, learns how the fleet stands, and opens the circuit when it is this pod that sees the need. */
  async #report(): Promise<CircuitRecord> {
    const record = await this.#store.report(this.#tally.take());
    this.#learn(record);
    const reason = this.#local.tripped ? 'consecutive-failures' : tripReason(record, this.#policy);
    return reason === null ? record : this.#change(record, 'tripped', reason);
  }

  async #change(from: CircuitRecord, event: CircuitEvent, reason: TripReason | null): Promise<CircuitRecord> {
    const phase = transitions[stateAt(from, from.nowMs, this.#policy).state][event];
    if (phase === null) return from;
    const { record, changed } = await this.#store.change(from, phase, reason);
    if (changed) {
      this.#metrics.changed(phase);
      this.#logger.warn({ phase, reason: record.reason, event }, 'circuit changed');
    }
    this.#learn(record);
    return record;
  }

  #learn(record: CircuitRecord): void {
    const changed = this.#view?.record.version !== record.version;
    this.#view = { record, readAt: this.#clock.monotonic() };
    const { state } = this.#known();
    if (state === 'open' || state === 'half-open') this.#local.open();
    else if (!this.#local.tripped && (this.#local.opened || changed)) this.#local.close();
  }

  #known(): CircuitState {
    if (this.#view === undefined) return { state: 'closed' };
    const { record, readAt } = this.#view;
    return stateAt(record, record.nowMs + this.#clock.monotonic() - readAt, this.#policy);
  }

  #refused(retryInMs: number): CircuitOpenError {
    this.#metrics.refused.inc();
    return new CircuitOpenError(retryInMs);
  }

  /** What is not known is taken for open. */
  async #orRefuse<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      this.#logger.warn({ err: error }, 'circuit unknown without Redis, calling nobody');
      throw this.#refused(againMs);
    }
  }

  /** The call was made: its result counts more than the news of it. */
  async #despiteRedis(what: string, tell: () => Promise<unknown>): Promise<void> {
    try {
      await tell();
    } catch (error) {
      this.#logger.warn({ err: error }, what);
    }
  }
}
