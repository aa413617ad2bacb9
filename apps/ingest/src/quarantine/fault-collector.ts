import type { QuarantineEntry } from '@uns/metadata-store';
import type { QuarantineReason } from './reasons.ts';

export interface BirthFault {
  /** '' for the birth as a whole. */
  metric: string;
  property?: string;
  reason: QuarantineReason;
  detail: string;
  sample?: QuarantineEntry['sample'];
}

/** In UTF-8 bytes. Metric and property stand in one row of an index with the ids of the topic, and it holds 2,704. */
const mostBytes = { metric: 800, property: 400, detail: 1500 };

/** A text from the wire as the store can hold it, shortened to so many bytes of UTF-8. */
function storable(text: string, bytes: number): string {
  const clean = text.slice(0, bytes).replaceAll('\0', '\uFFFD').toWellFormed();
  const { read } = encoder.encodeInto(clean, new Uint8Array(bytes));
  return clean.slice(0, read);
}

const encoder = new TextEncoder();

/** Most different faults kept of one birth. */
export const mostEntries = 2000;

/**
 * Collects what is wrong with one birth: each thing once with its count, and no more different ones than `limit`; those beyond are
 * counted by reason alone.
 */
export class FaultCollector {
  readonly #limit: number;
  readonly #entries = new Map<string, QuarantineEntry>();
  readonly #byReason = new Map<QuarantineReason, number>();
  #dropped = 0;

  constructor(limit = mostEntries) {
    this.#limit = limit;
  }

  get byReason(): ReadonlyMap<QuarantineReason, number> {
    return this.#byReason;
  }

  get total(): number {
    return this.#byReason.values().reduce((sum, count) => sum + count, 0);
  }

  /** Faults that are in no entry. */
  get dropped(): number {
    return this.#dropped;
  }

  add(fault: BirthFault): void {
    this.#byReason.set(fault.reason, (this.#byReason.get(fault.reason) ?? 0) + 1);
    if (this.#limit === 0) return;
    const metric = storable(fault.metric, mostBytes.metric);
    const property = storable(fault.property ?? '', mostBytes.property);
    const key = JSON.stringify([metric, property, fault.reason]);
    const known = this.#entries.get(key);
    if (known !== undefined) known.occurrences += 1;
    else if (this.#entries.size >= this.#limit) this.#dropped += 1;
    else {
      this.#entries.set(key, {
        metric,
        property,
        reason: fault.reason,
        detail: storable(fault.detail, mostBytes.detail),
        occurrences: 1,
        ...(fault.sample === undefined ? {} : { sample: fault.sample }),
      });
    }
  }

  entries(): QuarantineEntry[] {
    return [...this.#entries.values()];
  }
}
