import { outstandingDeliveries, releaseLost, type LossPolicy, type LostDelivery } from '@uns/metadata-store';
import { sleep, type Logger } from '@uns/service';
import type { Sql } from 'postgres';
import type { CdcMetrics } from '../cdc-metrics.ts';

export interface DeliveryPresence {
  /** Of these deliveries, the ones of which Redis has neither the job nor a receipt that is still to be read. */
  lost(deliveryIds: readonly string[]): Promise<LostDelivery[]>;
  /** Changes when Redis was restarted or replaced. */
  redisRunId(): Promise<string>;
}

export interface SweeperOptions {
  sql: Sql;
  presence: DeliveryPresence;
  policy: LossPolicy;
  everyMs: number;
  /** Deliveries outstanding for longer are looked up. */
  afterSeconds: number;
  /** The same right after Redis was restarted: it may have come back empty. */
  afterRestartSeconds: number;
  logger: Logger;
  metrics: CdcMetrics;
  /** Deliveries looked up at a time. Default 1000. */
  pageSize?: number;
}

/** Finds deliveries that Redis has lost and makes their metrics due again. */
export class Sweeper {
  readonly #o: SweeperOptions;
  #runId: string | null = null;

  constructor(o: SweeperOptions) {
    this.#o = o;
  }

  /** @returns the number of deliveries found lost. */
  async sweep(): Promise<number> {
    const { sql, presence, logger } = this.#o;
    const runId = await presence.redisRunId();
    const restarted = this.#runId !== null && this.#runId !== runId;
    if (restarted) logger.warn({ runId }, 'Redis was restarted or replaced, looking for lost deliveries');
    const seconds = restarted ? this.#o.afterRestartSeconds : this.#o.afterSeconds;
    let found = 0;
    const limit = this.#o.pageSize ?? 1000;
    for (let after: string | null = null; ;) {
      const page: string[] = await outstandingDeliveries(sql, { seconds, after, limit });
      const lost = page.length === 0 ? [] : await presence.lost(page);
      if (lost.length > 0) await this.#release(lost);
      found += lost.length;
      if (page.length < limit) break;
      after = page.at(-1) ?? null;
    }
    this.#runId = runId;
    return found;
  }

  async #release(lost: readonly LostDelivery[]): Promise<void> {
    const { sql, policy, metrics, logger } = this.#o;
    const { due, dead } = await releaseLost(sql, lost, policy);
    for (const { how } of lost) metrics.deliveriesLost.inc({ how });
    const failed = lost.filter(({ how }) => how === 'failed');
    logger[dead > 0 ? 'error' : 'warn'](
      { deliveries: lost.length, failed: failed.length, reason: failed[0]?.detail, due, dead },
      'deliveries have ended without a receipt, their metrics are due again',
    );
  }

  /** Until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.sweep();
      } catch (error) {
        this.#o.logger.warn({ err: error }, 'sweep failed');
      }
      await sleep(this.#o.everyMs, signal).catch(() => undefined);
    }
  }
}
