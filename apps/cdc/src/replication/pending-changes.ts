import type { Lsn } from './lsn.ts';
import { TransactionSet } from './transaction-set.ts';

/** Changes of whole transactions, ready to be recorded. */
export interface ChangeBatch {
  metricIds: readonly number[];
  /** The last commit whose changes are all in this batch or an earlier one. */
  commitLsn: Lsn;
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
 * Ids of a transaction whose commit is still to come may be handed out with an earlier commit. That is harmless: the server sends
 * only what is committed, and a metric marked early is marked again with the rest when the transaction comes again.
 */
export class PendingChanges {
  #metricIds = new Set<number>();
  #commitLsn: Lsn | null = null;
  #truncated = false;
  #heartbeat: string | null = null;
  #transactions = new TransactionSet();
  #waiting: (() => void) | null = null;

  get size(): number {
    return this.#metricIds.size;
  }

  begin(transaction: number): void {
    this.#transactions.add(transaction);
  }

  add(metricIds: readonly number[]): void {
    for (const metricId of metricIds) this.#metricIds.add(metricId);
  }

  truncate(): void {
    this.#truncated = true;
  }

  heartbeat(id: string): void {
    this.#heartbeat = id;
  }

  commit(commitLsn: Lsn): void {
    this.#commitLsn = commitLsn;
    this.#waiting?.();
  }

  /** Resolves with all changes as soon as a commit is there. Rejects when aborted. One caller at a time. */
  async take(signal: AbortSignal): Promise<ChangeBatch> {
    signal.throwIfAborted();
    if (this.#commitLsn === null) await this.#nextCommit(signal);
    signal.throwIfAborted();
    if (this.#commitLsn === null) throw new Error('two callers take pending changes at once');
    const batch = {
      metricIds: [...this.#metricIds],
      commitLsn: this.#commitLsn,
      truncated: this.#truncated,
      heartbeat: this.#heartbeat,
      transactions: this.#transactions,
    };
    this.#metricIds = new Set();
    this.#commitLsn = null;
    this.#truncated = false;
    this.#heartbeat = null;
    this.#transactions = new TransactionSet();
    return batch;
  }

  async #nextCommit(signal: AbortSignal): Promise<void> {
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
