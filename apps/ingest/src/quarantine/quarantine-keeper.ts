import { tidyQuarantine } from '@uns/metadata-store';
import { sleep, withDeadline, type Logger } from '@uns/service';
import type { Sql } from 'postgres';
import type { IngestMetrics } from '../ingest-metrics.ts';

export interface QuarantineKeeperOptions {
  sql: Sql;
  /** How long resolved entries are kept, days. */
  keepDays: number;
  logger: Logger;
  metrics: IngestMetrics;
  /** Rows of one statement. Default 1000. */
  limit?: number;
}

const everyMs = 3_600_000;
const deadlineMs = 60_000;
const rounds = 20;

/** Removes quarantine entries that nobody needs any more, once an hour. */
export class QuarantineKeeper {
  readonly #o: QuarantineKeeperOptions;

  constructor(o: QuarantineKeeperOptions) {
    this.#o = o;
  }

  /** At most twenty statements of each kind, and a minute for each; the rest is for the next hour. */
  async tidy(signal: AbortSignal): Promise<void> {
    const { sql, keepDays, metrics, limit = 1000 } = this.#o;
    for (let round = 0; round < rounds && !signal.aborted; round += 1) {
      const { most, removed } = await withDeadline(deadlineMs, signal, () => tidyQuarantine(sql, { keepDays, limit }));
      metrics.quarantineRemoved.inc(removed);
      if (most < limit) return;
    }
  }

  /** Until `stop` is aborted. Never rejects. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        await this.tidy(stop);
      } catch (error) {
        if (!stop.aborted) this.#o.logger.warn({ err: error }, 'old quarantine entries not removed');
      }
      await sleep(everyMs, stop).catch(() => undefined);
    }
  }
}
