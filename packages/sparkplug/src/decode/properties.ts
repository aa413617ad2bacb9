import { Datatype, datatypeName } from '../datatype.ts';
import { excerpt } from '../faults.ts';
import type { Limits } from '../limits.ts';
import type { DecodedProperty, PropertyScalar } from '../metric.ts';
import type { Reader } from '../protobuf.ts';
import { LIST_SET } from '../wire.ts';
import type { FaultList } from './fault-list.ts';
import { Keys } from './keys.ts';
import { PairScan } from './pair-scan.ts';
import { PropertyValue } from './property-value.ts';
import type { Texts } from './texts.ts';

const ABSENT = -1;

/**
 * Reads the properties of one metric after another: `begin`, `collect` for each `properties` field (protobuf merges
 * repeated ones), `finish`.
 */
export class PropertyReader {
  readonly #limits: Limits;
  readonly #faults: FaultList;
  readonly #keys: Keys;
  readonly #value: PropertyValue;
  readonly #root: PairScan;
  #properties: DecodedProperty[] = [];
  #serial = 0;
  #unsettled = false;
  #full = false;

  constructor(limits: Limits, faults: FaultList, texts: Texts) {
    this.#limits = limits;
    this.#faults = faults;
    this.#keys = new Keys(limits.keyBytes);
    this.#value = new PropertyValue(texts, limits.stringBytes);
    this.#root = new PairScan(limits.properties);
  }

  begin(): void {
    this.#serial++;
    this.#properties = [];
    this.#unsettled = false;
    this.#full = false;
    this.#root.reset();
  }

  collect(reader: Reader, buffer: Buffer, end: number): void {
    this.#scan(this.#root, reader, buffer, end, null);
  }

  finish(reader: Reader, buffer: Buffer): DecodedProperty[] {
    this.#readPairs(this.#root, reader, buffer, '', 0);
    return this.#unsettled ? this.#settle() : this.#properties;
  }

  #scan(pairs: PairScan, reader: Reader, buffer: Buffer, end: number, key: string | null): void {
    const outer = reader.len;
    reader.len = end;
    try {
      pairs.scan(reader, buffer, end, this.#keys);
    } catch (error) {
      this.#faults.add('PROPERTIES_MALFORMED', key, messageOf(error));
      reader.pos = end;
    }
    reader.len = outer;
  }

  #readPairs(scan: PairScan, reader: Reader, buffer: Buffer, prefix: string, depth: number): void {
    const { keys, spans, pairs, keyCount, valueCount } = scan;
    if (keyCount !== valueCount) {
      const parent = prefix === '' ? null : prefix.slice(0, -1);
      this.#faults.add('PROPERTIES_MISMATCHED', parent, `${keyCount} keys, ${valueCount} values${leftOver(scan)}`);
    }
    const outer = reader.len;
    for (let i = 0; i < pairs && !this.#full; i++) {
      const key = keys[i];
      const start = spans[2 * i];
      const end = spans[2 * i + 1];
      if (key === undefined || start === undefined || end === undefined) break;
      const path = prefix === '' ? key.text : prefix + key.text;
      const problem = key.problem ?? (prefix === '' ? null : this.#problemOf(path));
      if (problem !== null) {
        this.#faults.add(problem, path, `pair ${i}`);
        continue;
      }
      if (!key.shared || prefix !== '' || key.usedBy === this.#serial) this.#unsettled = true;
      key.usedBy = this.#serial;
      reader.pos = start;
      reader.len = end;
      try {
        this.#value.read(reader, end);
      } catch (error) {
        this.#faults.add('PROPERTY_MALFORMED', path, messageOf(error));
        continue;
      }
      this.#take(reader, buffer, path, depth);
    }
    reader.len = outer;
    if (Math.min(keyCount, valueCount) > pairs) this.#overflow();
  }

  #take(reader: Reader, buffer: Buffer, path: string, depth: number): void {
    const value = this.#value;
    if (value.isNull) {
      this.#absent(path);
      return;
    }
    if (value.arm === 'none') {
      this.#faults.add('PROPERTY_WITHOUT_VALUE', path, `declared ${datatypeName(value.declared)}`);
      this.#absent(path);
      return;
    }
    if (!value.isTypeKnown) {
      const detail = `declared ${datatypeName(value.declared)}, taken for ${datatypeName(value.type)}`;
      this.#faults.add('PROPERTY_TYPE_UNKNOWN', path, detail);
    }
    const isNested = value.type === Datatype.PropertySet || value.type === Datatype.PropertySetList;
    if (isNested && value.arm === 'set') {
      this.#readNested(reader, buffer, value.start, value.end, path, depth + 1);
      return;
    }
    if (isNested && value.arm === 'list') {
      this.#readList(reader, buffer, value.start, value.end, path, depth + 1);
      return;
    }
    const scalar = value.scalar(buffer);
    if (scalar === undefined) this.#faults.add(value.problem, path, value.detail);
    else this.#add(path, value.type, scalar);
  }

  #readNested(reader: Reader, buffer: Buffer, start: number, end: number, path: string, depth: number): void {
    if (depth > this.#limits.depth) {
      this.#faults.add('PROPERTY_TOO_DEEP', path, `more than ${this.#limits.depth} sets inside each other`);
      return;
    }
    const nested = new PairScan(this.#limits.properties);
    reader.pos = start;
    this.#scan(nested, reader, buffer, end, path);
    this.#readPairs(nested, reader, buffer, `${path}/`, depth);
  }

  /** `values/0/high`, `values/1/high`: the position stands for the key a list does not have. */
  #readList(reader: Reader, buffer: Buffer, start: number, end: number, path: string, depth: number): void {
    let next = start;
    try {
      for (let index = 0; next < end && !this.#full; index++) {
        reader.pos = next;
        reader.len = end;
        const tag = reader.tag();
        if (tag !== LIST_SET) {
          reader.skipType(tag & 7);
          next = reader.pos;
          index--;
          continue;
        }
        const length = reader.size();
        const first = reader.pos;
        reader.skip(length);
        next = reader.pos;
        if (index >= this.#limits.properties) this.#overflow();
        else this.#readNested(reader, buffer, first, next, `${path}/${index}`, depth);
      }
    } catch (error) {
      this.#faults.add('PROPERTIES_MALFORMED', path, messageOf(error));
    }
  }

  #add(key: string, type: number, value: PropertyScalar): void {
    if (this.#properties.length >= this.#limits.properties) this.#overflow();
    else this.#properties.push({ key, type, value });
  }

  /** Keys within the limit can be too long once joined. */
  #problemOf(path: string): 'KEY_TOO_LONG' | null {
    return Buffer.byteLength(path) > this.#limits.keyBytes ? 'KEY_TOO_LONG' : null;
  }

  /** Null counts as absent (and so takes away an earlier property of the same key). */
  #absent(key: string): void {
    this.#unsettled = true;
    if (this.#properties.length >= this.#limits.properties) this.#overflow();
    else this.#properties.push({ key, type: ABSENT, value: false });
  }

  #overflow(): void {
    if (!this.#full) this.#faults.add('PROPERTIES_TOO_MANY', null, `more than ${this.#limits.properties}`);
    this.#full = true;
  }

  /** The slow way, for metrics with nested sets, nulls, or a key seen twice: last wins, nulls go. */
  #settle(): DecodedProperty[] {
    const byKey = new Map<string, DecodedProperty>();
    for (const property of this.#properties) {
      if (byKey.has(property.key)) this.#faults.add('KEY_DUPLICATE', property.key, excerpt(String(property.value)));
      byKey.set(property.key, property);
    }
    return [...byKey.values()].filter((property) => property.type !== ABSENT);
  }
}

function leftOver(scan: PairScan): string {
  if (scan.keyCount <= scan.valueCount) return '';
  const lost = scan.keys.slice(scan.pairs, scan.keyCount).map((key) => JSON.stringify(key.text));
  return `: no value for ${excerpt(lost.join(', '))}`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
