import { randomUUID } from 'node:crypto';
import { claimDue, type DeliveryPolicy } from '@uns/metadata-store';
import { cappedBackoff, sleep, type Clock, type Logger } from '@uns/service';
import type { WriteJob } from '@uns/uns';
import type { Sql } from 'postgres';
import type { CdcMetrics } from '../cdc-metrics.ts';
import { planDeliveries, type DeliveryLimits } from './plan-deliveries.ts';

export interface WriteJobQueue {
  /** Jobs waiting or being worked on. */
  depth(): Promise<number>;
  /** All or some may be in the queue when this rejects. */
  add(jobs: readonly WriteJob[]): Promise<void>;
}

export interface FlusherOptions {
  sql: Sql;
  queue: WriteJobQueue;
  policy: DeliveryPolicy;
  limits: DeliveryLimits;
  /** Metrics claimed in one transaction. */
  claimLimit: number;
  /** Most deliveries outstanding, those of all pods together: the backlog belongs into the store, not into Redis. */
  highWaterJobs: number;
  pollMs: number;
  clock: Clock;
  logger: Logger;
  metrics: CdcMetrics;
}

/** Turns what is due into write jobs, as long as the queue has room. Every cdc replica runs one. */
export class Flusher {
  readonly #o: FlusherOptions;
  #lastPassMs: number;

  constructor(o: FlusherOptions) {
    this.#o = o;
    this.#lastPassMs = o.clock.monotonic();
  }

  /** Time since the loop last came round, in ms, whether the pass went well or not: a restart brings no absent server back. */
  get sinceLastPassMs(): number {
    return this.#o.clock.monotonic() - this.#lastPassMs;
  }

  /** Resolves when aborted; goes on after every failure. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      let waitMs = this.#o.pollMs;
      try {
        const due = await this.#flushOnce();
        failures = 0;
        if (due === this.#o.claimLimit) waitMs = 0;
      } catch (error) {
        this.#o.logger.warn({ err: error, failures }, 'flush failed');
        waitMs = cappedBackoff({ attempt: failures, baseMs: 500, capMs: 15_000 });
        failures += 1;
      }
      this.#lastPassMs = this.#o.clock.monotonic();
      await sleep(waitMs, signal).catch(() => undefined);
    }
  }

  /** @returns how many metrics were due. */
  async #flushOnce(): Promise<number> {
    const { sql, queue, policy, limits, metrics, logger } = this.#o;
    // Also tells that Redis is there, before anything is claimed for it.
    if ((await queue.depth()) >= this.#o.highWaterJobs) return 0;
    let jobs: WriteJob[] = [];
    const claim = { limit: this.#o.claimLimit, maxOutstanding: this.#o.highWaterJobs, policy };
    const { due, same, left } = await claimDue(sql, claim, (claimed, room) => {
      const plan = planDeliveries(claimed, {
        limits,
        removed: policy.removed,
        now: new Date(this.#o.clock.now()),
        newId: randomUUID,
        room,
      });
      jobs = plan.jobs;
      return plan;
    });
    metrics.claimedSame.inc(same);
    if (jobs.length === 0) return due;
    try {
      // The claim is committed: should this process die here, the sweeper finds that Redis has no such jobs.
      await queue.add(jobs);
    } catch (error) {
      // Some of the jobs may be in Redis all the same, so the claims are not undone here: two deliveries of one metric must not be.
      metrics.enqueueFailures.inc(jobs.length);
      throw error;
    }
    metrics.deliveriesEnqueued.inc(jobs.length);
    metrics.tagsEnqueued.inc(due - same);
    logger.debug({ due, same, left, deliveries: jobs.map((job) => job.deliveryId) }, 'deliveries enqueued');
    return due;
  }
}
