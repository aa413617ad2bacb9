import { formatLsn, type Lsn } from './lsn.ts';

/** The order of the stream is broken: going on could lose changes. */
export class StreamOrderError extends Error {
  override readonly name = 'StreamOrderError';
}

/**
 * Decides what may be acknowledged to the server: the last commit that is recorded in the store, never anything that was only
 * received. One object for each connection.
 *
 * The server forgets what lies before an acknowledged position, and the library sends the position plus one. So it is always a
 * commit's own LSN that is acknowledged: a later commit may begin where this one ends, and acknowledging the end would skip it.
 */
export class StreamPosition {
  #open = false;
  #received: Lsn;
  #recorded: Lsn;

  /** `confirmed` is what the slot holds as confirmed when the connection starts. */
  constructor(confirmed: Lsn) {
    // What is sent is one more; so this confirms what is confirmed already.
    this.#recorded = confirmed > 0n ? confirmed - 1n : 0n;
    this.#received = this.#recorded;
  }

  /** The last commit received; what `recorded` is to be called with when all before it is in the store. */
  get received(): Lsn {
    return this.#received;
  }

  /** What to acknowledge, now and whenever the server asks. */
  get acknowledgeable(): Lsn {
    return this.#recorded;
  }

  /** True when something was received that is not recorded. */
  get pending(): boolean {
    return this.#open || this.#received > this.#recorded;
  }

  begin(): void {
    if (this.#open) throw new StreamOrderError('a transaction began inside another');
    this.#open = true;
  }

  commit(commitLsn: Lsn): void {
    if (!this.#open) throw new StreamOrderError('a commit came without its begin');
    if (commitLsn <= this.#received && this.#received !== this.#recorded) {
      throw new StreamOrderError(`commit ${formatLsn(commitLsn)} came after ${formatLsn(this.#received)}`);
    }
    this.#open = false;
    if (commitLsn > this.#received) this.#received = commitLsn;
  }

  /** Everything up to this commit is in the store, durably. */
  recorded(commitLsn: Lsn): void {
    if (commitLsn > this.#received) {
      throw new StreamOrderError(`recorded ${formatLsn(commitLsn)}, but received only ${formatLsn(this.#received)}`);
    }
    if (commitLsn > this.#recorded) this.#recorded = commitLsn;
  }
}
