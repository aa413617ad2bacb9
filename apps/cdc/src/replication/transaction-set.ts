import type { Snapshot } from './snapshot.ts';

/** Ids of transactions as the stream gives them: their low 32 bits, which start again from the front. */
export class TransactionSet {
  readonly #limit: number;
  readonly #ids = new Set<number>();
  #upTo: number | null = null;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  add(id: number): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#limit) return;
    // So many come together only while nothing can be recorded. To have seen the end of all older ones is to have seen theirs.
    for (const one of this.#ids) if (this.#upTo === null || ((one - this.#upTo) | 0) > 0) this.#upTo = one;
    this.#ids.clear();
  }

  /** Whether whoever reads with this snapshot sees all that these transactions did. They are known to be committed. */
  isVisibleIn(snapshot: Snapshot): boolean {
    if (this.#upTo !== null && snapshot.fullId(this.#upTo) >= snapshot.xmin) return false;
    for (const id of this.#ids) if (!snapshot.hasEnded(snapshot.fullId(id))) return false;
    return true;
  }
}
