import type { Lsn } from './lsn.ts';
import { TransactionSet } from './transaction-set.ts';

/** Changes, ready to be recorded. */
export interface ChangeBatch {
  metricIds: readonly number[];
  /** The last commit whose changes are all in this batch or an earlier one; null when none has come since the batch before. */
  commitLsn: Lsn | null;
  /** A table was truncated: no row tells which metrics that changed. */
  truncated: boolean;
  /** The last heartbeat among them: when it is recorded, so is all before it. */
  heartbeat: string | null;
  /** The transactions that the ids come from. */
  transactions: TransactionSet;
}

/**
 * Metrics that changed and are not recorded yet. A metric is held once however often it changes, so the memory is bounded by the
 * number of metrics (about 40 bytes each), not by the length of a transaction or the slowness of the store.
 *
 * Ids of a transaction whose commit is still to come are handed out too, when there are many or with an earlier commit: while a large
 * transaction arrives, the first of its metrics are marked. The server sends only what is committed, and what is recorded of it waits
 * until all of it can be seen. Should the connection break, the transaction comes again as a whole.
 */
export class PendingChanges {
  readonly #manyIds: number;
  #metricIds = new Set<number>();
  /** Of the transaction that is arriving: what was handed out already. */
  #handedOut = new Set<number>();
  #arriving: number | null = null;
  #commitLsn: Lsn | null = null;
  #truncated = false;
  #heartbeat: string | null = null;
  #transactions = new TransactionSet();
  #waiting: (() => void) | null = null;

  /** `manyIds`: how many are handed out without waiting for a commit. */
  constructor(manyIds = 10_000) {
    this.#manyIds = manyIds;
  }

  get size(): number {
    return this.#metricIds.size;
  }

  begin(transaction: number): void {
    this.#arriving = transaction;
    this.#transactions.add(transaction);
  }

  add(metricIds: readonly number[]): void {
    for (const metricId of metricIds) if (!this.#handedOut.has(metricId)) this.#metricIds.add(metricId);
    if (this.#metricIds.size >= this.#manyIds) this.#waiting?.();
  }

  truncate(): void {
    this.#truncated = true;
  }

  heartbeat(id: string): void {
    this.#heartbeat = id;
  }

  commit(commitLsn: Lsn): void {
    this.#arriving = null;
    this.#handedOut = new Set();
    this.#commitLsn = commitLsn;
    this.#waiting?.();
  }

  /** Resolves as soon as a commit or many changes are there, with all that are. Rejects when aborted. One caller at a time. */
  async take(signal: AbortSignal): Promise<ChangeBatch> {
    signal.throwIfAborted();
    if (!this.#isReady) await this.#untilReady(signal);
    signal.throwIfAborted();
    if (!this.#isReady) throw new Error('two callers take pending changes at once');
    const committed = this.#commitLsn !== null;
    const batch = {
      metricIds: [...this.#metricIds],
      commitLsn: this.#commitLsn,
      truncated: committed && this.#truncated,
      heartbeat: committed ? this.#heartbeat : null,
      transactions: this.#transactions,
    };
    if (this.#arriving !== null) for (const metricId of this.#metricIds) this.#handedOut.add(metricId);
    this.#metricIds = new Set();
    this.#commitLsn = null;
    if (committed) [this.#truncated, this.#heartbeat] = [false, null];
    this.#transactions = new TransactionSet();
    if (this.#arriving !== null) this.#transactions.add(this.#arriving);
    return batch;
  }

  get #isReady(): boolean {
    return this.#commitLsn !== null || this.#metricIds.size >= this.#manyIds;
  }

  async #untilReady(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting = resolve;
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#waiting = null;
    }
  }
}
