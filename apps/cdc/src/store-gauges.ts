import { readBacklog, type Backlog } from '@uns/metadata-store';
import { sleep, withDeadline, type Clock, type Logger } from '@uns/service';
import type { Sql } from 'postgres';
import type { CdcMetrics } from './cdc-metrics.ts';
import type { Replicator } from './replication/replicator.ts';
import { readSlot, type Slot } from './replication/slot.ts';

export interface StoreGaugesOptions {
  sql: Sql;
  slot: string;
  replicator: Pick<Replicator, 'heartbeatMs'>;
  metrics: CdcMetrics;
  clock: Clock;
  logger: Logger;
  /** Default 5000. */
  everyMs?: number;
}

const unknown: Backlog = { dirty: NaN, due: NaN, inFlight: NaN, dead: NaN, oldestPendingSeconds: NaN };

/**
 * Reads what the store knows about itself for the metrics, at its own pace and not that of whoever scrapes. What cannot be read is NaN,
 * not what it was: a figure that stands still would look like a store at rest.
 */
export class StoreGauges {
  readonly #o: StoreGaugesOptions;

  constructor(o: StoreGaugesOptions) {
    this.#o = o;
  }

  /** Until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { everyMs = 5000, logger, replicator, metrics, sql, slot, clock } = this.#o;
    while (!signal.aborted) {
      metrics.heartbeatSeconds.set(replicator.heartbeatMs / 1000);
      try {
        const [backlog, found] = await withDeadline(everyMs * 2, signal, () =>
          Promise.all([readBacklog(sql), readSlot(sql, slot)]),
        );
        this.#show(backlog, found);
        metrics.storeReadAt.set(clock.now() / 1000);
      } catch (error) {
        logger.debug({ err: error }, 'gauges of the store not read');
        this.#show(unknown, null);
      }
      await sleep(everyMs, signal).catch(() => undefined);
    }
  }

  #show(backlog: Backlog, slot: Slot | null): void {
    const { metrics } = this.#o;
    metrics.backlog.set({ state: 'dirty' }, backlog.dirty);
    metrics.backlog.set({ state: 'due' }, backlog.due);
    metrics.backlog.set({ state: 'in-flight' }, backlog.inFlight);
    metrics.backlog.set({ state: 'dead' }, backlog.dead);
    metrics.oldestPendingSeconds.set(backlog.oldestPendingSeconds);
    metrics.retainedBytes.set(slot?.retainedBytes ?? NaN);
    metrics.lagBytes.set(slot?.lagBytes ?? NaN);
  }
}
