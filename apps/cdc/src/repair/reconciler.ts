import { reconcileStep, type DeliveryPolicy } from '@uns/metadata-store';
import { cappedBackoff, sleep, type Clock, type Logger } from '@uns/service';
import type { Sql } from 'postgres';
import type { CdcMetrics } from '../cdc-metrics.ts';

/** `scheduled` is the hourly one: whatever it finds was missed, so it counts as a fault. */
export type ReconcileCause = 'position-in-doubt' | 'scheduled';

export interface ReconcilerOptions {
  sql: Sql;
  policy: DeliveryPolicy;
  stepSize: number;
  everyMs: number;
  clock: Clock;
  logger: Logger;
  metrics: CdcMetrics;
}

/** Compares what every metric should be in Canary with what Canary has acknowledged, in steps of bounded size. */
export class Reconciler {
  readonly #o: ReconcilerOptions;

  constructor(o: ReconcilerOptions) {
    this.#o = o;
  }

  /** One comparison of everything. Rejects when the store does, or when aborted. */
  async reconcile(cause: ReconcileCause, signal: AbortSignal, why: string): Promise<void> {
    const { sql, policy, metrics, logger, clock } = this.#o;
    const startedMs = clock.monotonic();
    let [after, compared, repaired]: [string | null, number, number] = ['0', 0, 0];
    while (after !== null) {
      signal.throwIfAborted();
      const step = await reconcileStep(sql, {
        after,
        limit: this.#o.stepSize,
        policy,
        changesMayBeMissed: cause === 'position-in-doubt',
      });
      compared += step.compared;
      repaired += step.repaired;
      after = step.next;
    }
    const seconds = (clock.monotonic() - startedMs) / 1000;
    metrics.reconcileRuns.inc({ cause });
    metrics.reconcileRepairs.inc({ cause }, repaired);
    metrics.reconcileSeconds.observe(seconds);
    const level = cause === 'scheduled' && repaired > 0 ? 'error' : 'info';
    logger[level]({ cause, why, compared, repaired, seconds }, 'reconciled');
  }

  /** The hourly comparison, until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let waitMs = this.#o.everyMs;
    while (!signal.aborted) {
      await sleep(waitMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.reconcile('scheduled', signal, 'the hour has come');
        failures = 0;
        waitMs = this.#o.everyMs;
      } catch (error) {
        if (signal.aborted) return;
        this.#o.logger.warn({ err: error }, 'reconciliation failed');
        waitMs = Math.min(this.#o.everyMs, cappedBackoff({ attempt: failures, baseMs: 5000, capMs: 300_000 }));
        failures += 1;
      }
    }
  }
}
