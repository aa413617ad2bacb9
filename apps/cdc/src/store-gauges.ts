import { readBacklog } from '@uns/metadata-store';
import { sleep, type Logger } from '@uns/service';
import type { Sql } from 'postgres';
import type { CdcMetrics } from './cdc-metrics.ts';
import type { Replicator } from './replication/replicator.ts';
import { readSlot } from './replication/slot.ts';

export interface StoreGaugesOptions {
  sql: Sql;
  slot: string;
  replicator: Replicator;
  metrics: CdcMetrics;
  logger: Logger;
}

const everyMs = 5000;

/** Reads what the store knows about itself for the metrics, at its own pace and not that of whoever scrapes. */
export class StoreGauges {
  readonly #o: StoreGaugesOptions;

  constructor(o: StoreGaugesOptions) {
    this.#o = o;
  }

  /** Until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#read();
      } catch (error) {
        this.#o.logger.debug({ err: error }, 'gauges of the store not read');
      }
      await sleep(everyMs, signal).catch(() => undefined);
    }
  }

  async #read(): Promise<void> {
    const { sql, metrics, replicator } = this.#o;
    const backlog = await readBacklog(sql);
    metrics.backlog.set({ state: 'dirty' }, backlog.dirty);
    metrics.backlog.set({ state: 'due' }, backlog.due);
    metrics.backlog.set({ state: 'in-flight' }, backlog.inFlight);
    metrics.backlog.set({ state: 'dead' }, backlog.dead);
    metrics.oldestPendingSeconds.set(backlog.oldestPendingSeconds);
    metrics.heartbeatSeconds.set(replicator.heartbeatMs / 1000);
    const slot = await readSlot(sql, this.#o.slot);
    if (slot !== null) {
      metrics.retainedBytes.set(slot.retainedBytes);
      metrics.lagBytes.set(slot.lagBytes);
    }
  }
}
