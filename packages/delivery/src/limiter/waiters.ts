interface Waiter<T> {
  since: number;
  go(slot: T): void;
  giveUp(reason: unknown): void;
}

/** Requests that wait for a slot, first come, first served; each may give up. As many as the callers work on at a time. */
export class Waiters<T> {
  // A Set keeps the order of arrival and lets anyone leave from the middle at once.
  readonly #queue = new Set<Waiter<T>>();
  /** Those that go before all others. */
  readonly #urgent = new Set<Waiter<T>>();

  get size(): number {
    return this.#queue.size + this.#urgent.size;
  }

  /** Resolves with a slot when it is this one's turn; rejects with the signal's reason when that is aborted. */
  join(since: number, signal: AbortSignal | undefined, urgent = false): Promise<T> {
    const queue = urgent ? this.#urgent : this.#queue;
    signal?.throwIfAborted();
    const turn = Promise.withResolvers<T>();
    const leave = (): void => waiter.giveUp(signal?.reason);
    const waiter: Waiter<T> = {
      since,
      go: (slot) => {
        signal?.removeEventListener('abort', leave);
        turn.resolve(slot);
      },
      giveUp: (reason) => {
        signal?.removeEventListener('abort', leave);
        queue.delete(waiter);
        turn.reject(reason);
      },
    };
    signal?.addEventListener('abort', leave, { once: true });
    queue.add(waiter);
    return turn.promise;
  }

  /** Lets the first one go with this slot. Returns since when it waited, or `undefined` when there is none. */
  release(slot: T): number | undefined {
    const queue = this.#urgent.size > 0 ? this.#urgent : this.#queue;
    const [first] = queue;
    if (first === undefined) return undefined;
    queue.delete(first);
    first.go(slot);
    return first.since;
  }

  rejectAll(reason: unknown): void {
    for (const waiter of [...this.#urgent, ...this.#queue]) waiter.giveUp(reason);
  }
}
