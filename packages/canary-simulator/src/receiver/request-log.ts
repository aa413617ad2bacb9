import type { CallFacts } from '../canary/call-facts.ts';
import type { StatusCode } from '../canary/envelope.ts';
import type { FaultKind } from '../faults/fault.ts';

/**
 * How a request ended: with an answer, with a reset connection, without an answer for ever, because the client left before the answer,
 * or not yet.
 */
export type RequestEnd = 'answered' | 'reset' | 'hung' | 'abandoned' | 'pending';

export interface LoggedRequest extends CallFacts {
  /** 1 for the first request since the start. */
  readonly number: number;
  /** When its head was there: monotonic µs, in size near those since 1970. */
  readonly arrivalMicros: number;
  readonly path: string;
  readonly end: RequestEnd;
  /** HTTP status; null without an answer. */
  readonly status: number | null;
  /** `statusCode` of the answer; null when the answer had no envelope. */
  readonly statusCode: StatusCode | null;
  /** Size of the body; null when it was not read. */
  readonly bytes: number | null;
  /** Faults that applied. */
  readonly faults: readonly FaultKind[];
  /** From arrival to end; null while pending. */
  readonly durationMicros: number | null;
}

/** The last requests, each kept from its arrival on. */
export class RequestLog {
  readonly #capacity: number;
  #ring: LoggedRequest[] = [];
  #total = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds an entry and returns its number. */
  add(entry: Omit<LoggedRequest, 'number'>): number {
    const index = this.#total % this.#capacity;
    this.#total += 1;
    this.#ring[index] = { number: this.#total, ...entry };
    return this.#total;
  }

  /** Changes an entry that may have been pushed out already. */
  update(number: number, change: Partial<Omit<LoggedRequest, 'number'>>): void {
    const index = (number - 1) % this.#capacity;
    const entry = this.#ring[index];
    if (entry?.number === number) this.#ring[index] = { ...entry, ...change };
  }

  /** The newest `limit` entries after the one numbered `after`, oldest first, of one path or all. */
  last(o: { limit: number; after: number; path: string | undefined }): LoggedRequest[] {
    const found: LoggedRequest[] = [];
    const oldest = Math.max(o.after, this.#total - this.#capacity);
    for (let number = this.#total; number > oldest && found.length < o.limit; number--) {
      const entry = this.#ring[(number - 1) % this.#capacity];
      if (entry?.number === number && (o.path === undefined || entry.path === o.path)) found.push(entry);
    }
    return found.toReversed();
  }

  /** Forgets all entries; numbers go on, so that a request still pending cannot be taken for another. */
  clear(): void {
    this.#ring = [];
  }
}
