import { recordReceipts, type DeferPolicy } from '@uns/metadata-store';
import { cappedBackoff, sleep, type Logger } from '@uns/service';
import type { Receipt } from '@uns/uns';
import type { Sql } from 'postgres';
import type { CdcMetrics } from '../cdc-metrics.ts';

export interface ReceiptRecorderOptions {
  sql: Sql;
  policy: DeferPolicy;
  /** Most receipts in one transaction. */
  batchSize: number;
  logger: Logger;
  metrics: CdcMetrics;
  abort: AbortSignal;
}

interface Waiting {
  receipt: Receipt;
  done: PromiseWithResolvers<void>;
}

/** Records receipts in batches: those that come while a batch is written make the next one. */
export class ReceiptRecorder {
  readonly #o: ReceiptRecorderOptions;
  readonly #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;

  constructor(o: ReceiptRecorderOptions) {
    this.#o = o;
  }

  /** Resolves when the receipt is in the store. Waits out a store that is away; rejects only when aborted. */
  record(receipt: Receipt): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ receipt, done });
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return done.promise;
  }

  async #writeAll(): Promise<void> {
    // Let the receipts that are here in this turn of the loop come together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#o.batchSize);
      try {
        await this.#write(batch.map((item) => item.receipt));
        for (const item of batch) item.done.resolve();
      } catch (error) {
        for (const item of batch) item.done.reject(error);
      }
    }
  }

  async #write(receipts: readonly Receipt[]): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const recorded = await recordReceipts(this.#o.sql, receipts, this.#o.policy);
        for (const [outcome, count] of Object.entries(recorded)) this.#o.metrics.receipts.inc({ outcome }, count);
        return;
      } catch (error) {
        this.#o.abort.throwIfAborted();
        this.#o.logger.warn(
          { err: error, attempt, receipts: receipts.length },
          'receipts could not be recorded, trying again',
        );
        await sleep(cappedBackoff({ attempt, baseMs: 250, capMs: 15_000 }), this.#o.abort);
      }
    }
  }
}
