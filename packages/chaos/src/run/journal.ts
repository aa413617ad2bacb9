export interface Entry {
  /** Since the start of the schedule, in ms. */
  atMs: number;
  text: string;
  /** Tags it is about; empty for faults, which are about everything. */
  tags: readonly string[];
  fault: boolean;
}

/** What was done when, to be shown with a finding. */
export class Journal {
  readonly #entries: Entry[] = [];
  readonly #startedMs = performance.now();

  get nowMs(): number {
    return performance.now() - this.#startedMs;
  }

  note(text: string, o: { tags?: readonly string[]; fault?: boolean } = {}): Entry {
    const entry = { atMs: this.nowMs, text, tags: o.tags ?? [], fault: o.fault ?? false };
    this.#entries.push(entry);
    return entry;
  }

  lastFaults(count: number): Entry[] {
    return this.#entries.filter((entry) => entry.fault).slice(-count);
  }

  /** The last events that touched the tag, with the last faults before each. */
  touching(tag: string, count: number): Entry[] {
    const touched = this.#entries.flatMap((entry, index) => (entry.tags.includes(tag) ? [index] : [])).slice(-count);
    const shown = new Set<number>();
    for (const index of touched) {
      shown.add(index);
      for (let at = index - 1, faults = 0; at >= 0 && faults < 2; at -= 1) {
        if (this.#entries[at]?.fault !== true) continue;
        shown.add(at);
        faults += 1;
      }
    }
    return [...shown].toSorted((a, b) => a - b).flatMap((index) => this.#entries[index] ?? []);
  }
}
