import { GuardRailError, type DatasetGuard } from './dataset-guard.ts';
import type { PropertiesByTag, PropertyWrite } from './property-write.ts';

/** 192 is `Good`. */
const GOOD = 192;

/** What the rest of a request adds to its properties at most: the field names and the session token. */
export const ENVELOPE_BYTES = 4_096;

/** The bytes (UTF-8) that one tag adds to a request. */
export function encodedSize(tag: string, writes: readonly PropertyWrite[]): number {
  return Buffer.byteLength(encodeTag(tag, writes)) + 1;
}

/**
 * The properties of one request, in the form that goes over the wire. The only way to make one passes the dataset
 * guard, and the only way to write takes one: what was checked is what is sent, byte for byte.
 */
export class EncodedProperties {
  /** A JSON object by tag. */
  readonly json: string;
  readonly tags: number;
  readonly bytes: number;

  private constructor(json: string, tags: number) {
    this.json = json;
    this.tags = tags;
    this.bytes = Buffer.byteLength(json);
  }

  /** @throws GuardRailError for a tag that must not be written, or a value that JSON would change. */
  static encode(properties: PropertiesByTag, guard: DatasetGuard): EncodedProperties {
    const entries: string[] = [];
    for (const [tag, writes] of properties) {
      guard.check(tag);
      entries.push(encodeTag(tag, writes));
    }
    return new EncodedProperties(`{${entries.join(',')}}`, entries.length);
  }
}

/** Text, not an object: a tag may be called `__proto__`, and the order of the map is kept. */
function encodeTag(tag: string, writes: readonly PropertyWrite[]): string {
  const rows = writes.map(([name, timestamp, value]) => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new GuardRailError(tag, `${name} is ${value}, which JSON would turn into null`);
    }
    return [name, timestamp, value, GOOD];
  });
  return `${JSON.stringify(tag)}:${JSON.stringify(rows)}`;
}
