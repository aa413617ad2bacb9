import {
  reconcileStep,
  repairMissed,
  searchMissed,
  type DeliveryPolicy,
  type ReconcileOptions,
  type Suspect,
} from '@uns/metadata-store';
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
  /** Resolves when every change that could be seen when it was called is recorded; rejects when that takes too long. */
  caughtUp: (signal: AbortSignal) => Promise<void>;
  clock: Clock;
  logger: Logger;
  metrics: CdcMetrics;
}

interface Result {
  compared: number;
  repaired: number;
}

/** Suspects that are kept while the comparison goes on, about 100 bytes each. */
const suspectLimit = 50_000;

/** Compares what every metric should be in Canary with what Canary has acknowledged, in steps of bounded size. */
export class Reconciler {
  readonly #o: ReconcilerOptions;

  constructor(o: ReconcilerOptions) {
    this.#o = o;
  }

  /** Makes due whatever may have passed unseen. Rejects when the store does, or when aborted. */
  async repairDoubt(signal: AbortSignal, o: { why: string; inDoubt: ReconcileOptions['inDoubt'] }): Promise<void> {
    await this.#timed('position-in-doubt', o.why, async () => {
      let [after, compared, repaired]: [string | null, number, number] = ['0', 0, 0];
      while (after !== null) {
        signal.throwIfAborted();
        const { sql, policy, stepSize } = this.#o;
        const step = await reconcileStep(sql, { after, limit: stepSize, policy, inDoubt: o.inDoubt });
        compared += step.compared;
        repaired += step.repaired;
        after = step.next;
      }
      return { compared, repaired };
    });
  }

  /**
   * Looks for changes that were missed although the stream seemed to be in order, and makes them due. What differs is looked at again
   * when the stream has recorded everything up to then, so that a change on its way is not taken for one that was missed.
   */
  async repairMissed(signal: AbortSignal): Promise<void> {
    await this.#timed('scheduled', 'the hour has come', async () => {
      const { sql, policy, stepSize } = this.#o;
      let [after, compared, repaired]: [string | null, number, number] = ['0', 0, 0];
      let suspects: Suspect[] = [];
      while (after !== null) {
        signal.throwIfAborted();
        const step = await searchMissed(sql, { after, limit: stepSize, policy });
        compared += step.compared;
        suspects.push(...step.suspects);
        after = step.next;
        if (suspects.length === 0 || (after !== null && suspects.length < suspectLimit)) continue;
        await this.#o.caughtUp(signal);
        for (let from = 0; from < suspects.length; from += stepSize) {
          repaired += await repairMissed(sql, suspects.slice(from, from + stepSize), policy);
        }
        suspects = [];
      }
      return { compared, repaired };
    });
  }

  /** The hourly comparison, until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let waitMs = this.#o.everyMs;
    while (!signal.aborted) {
      await sleep(waitMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.repairMissed(signal);
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

  async #timed(cause: ReconcileCause, why: string, compare: () => Promise<Result>): Promise<void> {
    const { metrics, logger, clock } = this.#o;
    const startedMs = clock.monotonic();
    const { compared, repaired } = await compare();
    const seconds = (clock.monotonic() - startedMs) / 1000;
    metrics.reconcileRuns.inc({ cause });
    metrics.reconcileRepairs.inc({ cause }, repaired);
    metrics.reconcileSeconds.observe(seconds);
    const level = cause === 'scheduled' && repaired > 0 ? 'error' : 'info';
    logger[level]({ cause, why, compared, repaired, seconds }, 'reconciled');
  }
}
