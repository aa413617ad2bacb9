import { recordReceipts, refuseReceipt, type DeferPolicy } from '@uns/metadata-store';
import { cappedBackoff, describeError, errorCode, sleep, type Logger } from '@uns/service';
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

/** The store cannot hold what a receipt says. Its delivery has become dead letters. */
export class ReceiptRefusedError extends Error {
  override readonly name = 'ReceiptRefusedError';
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

  /**
   * Resolves when the receipt is in the store. Waits out a store that is away.
   *
   * @throws ReceiptRefusedError when the store cannot hold it; the signal's reason when aborted.
   */
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
      if ((await this.#settle(batch)) === null) continue;
      // One of them is bad, and the others must not wait for it.
      for (const item of batch) {
        const fault = await this.#settle([item]);
        if (fault !== null) item.done.reject(await this.#refuse(item.receipt, fault));
      }
    }
  }

  /** Records them and tells those who wait. Nothing is told, and the fault returned, when the store cannot hold what they say. */
  async #settle(batch: readonly Waiting[]): Promise<string | null> {
    try {
      await this.#write(batch.map((item) => item.receipt));
      for (const item of batch) item.done.resolve();
    } catch (error) {
      if (isOfTheData(error)) return describeError(error).message;
      for (const item of batch) item.done.reject(error);
    }
    return null;
  }

  /** What to tell whoever waits for a receipt that cannot be recorded. */
  async #refuse({ deliveryId }: Receipt, fault: string): Promise<unknown> {
    try {
      const metrics = await this.#persist(1, () => refuseReceipt(this.#o.sql, deliveryId, fault));
      this.#o.metrics.receiptsRefused.inc();
      this.#o.logger.error(
        { deliveryId, fault, metrics },
        'receipt refused, the metrics of its delivery are dead letters',
      );
      return new ReceiptRefusedError(`the store cannot hold the receipt: ${fault}`);
    } catch (error) {
      return error;
    }
  }

  async #write(receipts: readonly Receipt[]): Promise<void> {
    const recorded = await this.#persist(receipts.length, () => recordReceipts(this.#o.sql, receipts, this.#o.policy));
    for (const [outcome, count] of Object.entries(recorded)) this.#o.metrics.receipts.inc({ outcome }, count);
  }

  async #persist<T>(receipts: number, record: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await record();
      } catch (error) {
        this.#o.abort.throwIfAborted();
        if (isOfTheData(error)) throw error;
        this.#o.logger.warn({ err: error, attempt, receipts }, 'receipts could not be recorded, trying again');
        await sleep(cappedBackoff({ attempt, baseMs: 250, capMs: 15_000 }), this.#o.abort);
      }
    }
  }
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation): trying again is of no use. */
function isOfTheData(error: unknown): boolean {
  return /^2[23]/.test(String(errorCode(error) ?? ''));
}
