import type { QuarantineEntry } from '@uns/metadata-store';

export interface BirthFault {
  metric: string;
  property?: string;
  reason: string;
  detail: string;
}

const maxText = 500;

/** A text from the wire as the store can hold it, shortened. */
const storable = (text: string): string => text.slice(0, maxText).replaceAll('\0', '\uFFFD').toWellFormed();

/**
 * Collects what is wrong with one birth: each thing once with its count, and no more different ones than `limit`; those beyond are
 * counted by reason alone.
 */
export class FaultCollector {
  readonly #limit: number;
  readonly #entries = new Map<string, QuarantineEntry>();
  readonly #byReason = new Map<string, number>();

  constructor(limit = 2000) {
    this.#limit = limit;
  }

  get byReason(): ReadonlyMap<string, number> {
    return this.#byReason;
  }

  get total(): number {
    return this.#byReason.values().reduce((sum, count) => sum + count, 0);
  }

  add(fault: BirthFault): void {
    this.#byReason.set(fault.reason, (this.#byReason.get(fault.reason) ?? 0) + 1);
    const metric = storable(fault.metric);
    const property = storable(fault.property ?? '');
    const key = JSON.stringify([metric, property, fault.reason]);
    const known = this.#entries.get(key);
    if (known !== undefined) known.occurrences += 1;
    else if (this.#entries.size < this.#limit) {
      this.#entries.set(key, {
        metric,
        property,
        reason: fault.reason,
        detail: storable(fault.detail),
        occurrences: 1,
      });
    }
  }

  entries(): QuarantineEntry[] {
    return [...this.#entries.values()];
  }
}
