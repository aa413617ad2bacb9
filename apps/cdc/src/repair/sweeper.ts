import { outstandingDeliveries, releaseLost } from '@uns/metadata-store';
import { sleep, type Logger } from '@uns/service';
import type { Sql } from 'postgres';
import type { CdcMetrics } from '../cdc-metrics.ts';

export interface DeliveryPresence {
  /** Of these deliveries, the ones of which Redis has neither the job nor a receipt that is still to be read. */
  lost(deliveryIds: readonly string[]): Promise<string[]>;
  /** Changes when Redis was restarted or replaced. */
  redisRunId(): Promise<string>;
}

export interface SweeperOptions {
  sql: Sql;
  presence: DeliveryPresence;
  everyMs: number;
  /** Deliveries outstanding for longer are looked up. */
  afterSeconds: number;
  /** The same right after Redis was restarted: it may have come back empty. */
  afterRestartSeconds: number;
  logger: Logger;
  metrics: CdcMetrics;
}

const lookUpLimit = 1000;

/** Finds deliveries that Redis has lost and makes their metrics due again. */
export class Sweeper {
  readonly #o: SweeperOptions;
  #runId: string | null = null;

  constructor(o: SweeperOptions) {
    this.#o = o;
  }

  /** @returns the number of deliveries found lost. */
  async sweep(): Promise<number> {
    const { sql, presence, logger, metrics } = this.#o;
    const runId = await presence.redisRunId();
    const restarted = this.#runId !== null && this.#runId !== runId;
    if (restarted) logger.warn({ runId }, 'Redis was restarted or replaced, looking for lost deliveries');
    const seconds = restarted ? this.#o.afterRestartSeconds : this.#o.afterSeconds;
    let found = 0;
    for (;;) {
      const outstanding = await outstandingDeliveries(sql, { seconds, limit: lookUpLimit });
      const lost = outstanding.length === 0 ? [] : await presence.lost(outstanding);
      if (lost.length > 0) {
        const released = await releaseLost(sql, lost);
        metrics.deliveriesLost.inc(lost.length);
        logger.warn(
          { deliveries: lost.length, metrics: released },
          'Redis has lost deliveries, their metrics are due again',
        );
      }
      found += lost.length;
      // A full page of which none is lost would come again for ever.
      if (outstanding.length < lookUpLimit || lost.length === 0) break;
    }
    this.#runId = runId;
    return found;
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
