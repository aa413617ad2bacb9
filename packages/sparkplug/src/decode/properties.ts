import { Datatype, datatypeName } from '../datatype.ts';
import type { Limits } from '../limits.ts';
import type { DecodedProperty } from '../metric.ts';
import type { Source } from '../protobuf.ts';
import { LIST_SET, SET_KEY, SET_VALUE } from '../wire.ts';
import type { FaultList } from './fault-list.ts';
import { endOfKeyRun, Keys } from './keys.ts';
import type { Key } from './keys.ts';
import { KnownProperties, LONG, SHORT } from './known-properties.ts';
import { PropertySetFrame } from './property-set-frame.ts';
import { PropertyValue } from './property-value.ts';

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
  readonly #short = new KnownProperties({ longest: SHORT, mostSlots: 16_384 });
  readonly #long = new KnownProperties({ longest: LONG, mostSlots: 4_096 });
  readonly #root = new PropertySetFrame(null, 0);
  #properties: DecodedProperty[] = [];
  #metric = 0;
  #unsettled = false;
  #full = false;

  constructor(limits: Limits, faults: FaultList) {
    this.#limits = limits;
    this.#faults = faults;
    this.#keys = new Keys(limits);
    this.#value = new PropertyValue(limits.stringBytes);
  }

  begin(): void {
    this.#metric++;
    this.#properties = [];
    this.#unsettled = false;
    this.#full = false;
    this.#root.reset();
  }

  /** Reads from the reader's position to `end`. */
  collect(source: Source, end: number): void {
    this.#readSet(this.#root, source, end);
  }

  finish(source: Source): DecodedProperty[] {
    this.#finishSet(this.#root, source);
    return this.#unsettled ? this.#settle() : this.#properties;
  }

  #readSet(frame: PropertySetFrame, source: Source, end: number): void {
    const { reader } = source;
    try {
      let at = this.#readKeyRun(frame, source, end);
      while (at < end) {
        reader.pos = at;
        const tag = reader.tag();
        if (tag !== SET_KEY && tag !== SET_VALUE) {
          reader.skipType(tag & 7);
          at = reader.pos;
          continue;
        }
        const length = reader.size();
        const start = reader.pos;
        at = start + length;
        if (at > end) throw new RangeError('a key or value runs past its set');
        if (tag === SET_VALUE) this.#readOrPutOff(frame, source, start, at);
        else if (frame.keyCount < this.#limits.properties) frame.addKey(this.#keys.read(source, start, at));
        else this.#overflow();
      }
    } catch (error) {
      this.#faults.add('PROPERTIES_MALFORMED', frame.path, messageOf(error));
    }
    reader.pos = end;
  }

  /**
   * The way of nearly all sets: first the keys, then the values, each with a length of one byte, and most of them known.
   * Returns how far it came; the rest is read field by field.
   */
  #readKeyRun(frame: PropertySetFrame, source: Source, end: number): number {
    const { reader, buffer } = source;
    let at = endOfKeyRun(buffer, reader.pos, end);
    if (at === reader.pos || frame.keyCount > 0 || frame.valueCount > 0) return reader.pos;
    const { keys, count } = this.#keys.readRun(source, reader.pos, at);
    frame.addRun(keys, count);
    if (frame.path !== null) return at;
    const metric = this.#metric;
    let values = 0;
    for (const key of keys) {
      const length = buffer[at + 1] ?? 0x80;
      const start = at + 2;
      if (buffer[at] !== SET_VALUE || length >= 0x80 || start + length > end) break;
      const known = key.usedBy === metric ? null : this.#find(key, source, start, start + length);
      if (known === null) {
        this.#readNewPair(frame, key, source, start, start + length);
      } else {
        key.usedBy = metric;
        this.#add(known);
      }
      values++;
      at = start + length;
    }
    frame.valueCount = values;
    return at;
  }

  #readOrPutOff(frame: PropertySetFrame, source: Source, start: number, end: number): void {
    const key = frame.keyAtHand();
    if (frame.valueCount >= this.#limits.properties) this.#overflow();
    else if (key === null) frame.putOff(start, end);
    else this.#readPair(frame, key, source, start, end);
    frame.valueCount++;
  }

  /** Reads the values that stood before their keys. */
  #finishSet(frame: PropertySetFrame, source: Source): void {
    const { late } = frame;
    for (let i = 0; i < late.length; i += 2) {
      const key = frame.lateKey(i / 2);
      if (key === null) break;
      this.#readPair(frame, key, source, late[i] ?? 0, late[i + 1] ?? 0);
    }
    const mismatch = frame.mismatch();
    if (mismatch !== null) this.#faults.add('PROPERTIES_MISMATCHED', frame.path, mismatch);
  }

  #find(key: Key, { view }: Source, start: number, end: number): DecodedProperty | null {
    const length = end - start;
    if (length <= SHORT) return this.#short.find(key, view, start, length);
    return length <= LONG ? this.#long.find(key, view, start, length) : null;
  }

  /** Remembers what `#find` has just not found. */
  #remember(property: DecodedProperty, { view }: Source, start: number, end: number): void {
    const length = end - start;
    if (length <= SHORT) this.#short.remember(property, view, start, length);
    else if (length <= LONG) this.#long.remember(property, view, start, length);
  }

  #readPair(frame: PropertySetFrame, key: Key, source: Source, start: number, end: number): void {
    const isUsual = frame.path === null && key.usedBy !== this.#metric;
    const known = isUsual ? this.#find(key, source, start, end) : null;
    if (known === null) {
      this.#readNewPair(frame, key, source, start, end);
      return;
    }
    key.usedBy = this.#metric;
    this.#add(known);
  }

  /** What is not among the known ones: it has just been looked for there, or is none that could be. */
  #readNewPair(frame: PropertySetFrame, key: Key, source: Source, start: number, end: number): void {
    if (frame.path !== null || !key.shared || key.problem !== null || key.usedBy === this.#metric) {
      this.#readUnusualPair(frame, key, source, start, end);
      return;
    }
    key.usedBy = this.#metric;
    const property = this.#readValue(key.text, source, start, end, frame.depth);
    if (property === null) return;
    if (this.#value.isTypeKnown) this.#remember(property, source, start, end);
    this.#add(property);
  }

  #readUnusualPair(frame: PropertySetFrame, key: Key, source: Source, start: number, end: number): void {
    this.#unsettled = true;
    const path = frame.path === null ? key.text : `${frame.path}/${key.text}`;
    // Keys within the limit can be too long once joined.
    const problem = key.problem ?? (Buffer.byteLength(path) > this.#limits.keyBytes ? 'KEY_TOO_LONG' : null);
    if (problem !== null) {
      this.#faults.add(problem, path, 'the property is left out');
      return;
    }
    const property = this.#readValue(path, source, start, end, frame.depth);
    if (property !== null) this.#add(property);
  }

  /** The property, or null when there is none to add: it is null, faulty, or a set whose members have been added. */
  #readValue(path: string, source: Source, start: number, end: number, depth: number): DecodedProperty | null {
    const value = this.#value;
    source.reader.pos = start;
    try {
      value.read(source.reader, end);
    } catch (error) {
      this.#faults.add('PROPERTY_MALFORMED', path, messageOf(error));
      return null;
    }
    if (value.isNull) return this.#absent(path);
    if (value.arm === 'none') {
      this.#faults.add('PROPERTY_WITHOUT_VALUE', path, `declared ${datatypeName(value.declared)}`);
      return this.#absent(path);
    }
    if (!value.isTypeKnown) {
      const detail = `declared ${datatypeName(value.declared)}, taken for ${datatypeName(value.type)}`;
      this.#faults.add('PROPERTY_TYPE_UNKNOWN', path, detail);
    }
    if (isSetType(value.type) && (value.arm === 'set' || value.arm === 'list')) {
      source.reader.pos = value.start;
      if (value.arm === 'set') this.#readNested(source, value.end, path, depth + 1);
      else this.#readList(source, value.end, path, depth + 1);
      return null;
    }
    const scalar = value.scalar(source);
    if (scalar !== undefined) return { key: path, type: value.type, value: scalar, memo: undefined };
    this.#faults.add(value.problem, path, value.detail);
    return null;
  }

  #readNested(source: Source, end: number, path: string, depth: number): void {
    if (depth > this.#limits.depth) {
      this.#faults.add('PROPERTY_TOO_DEEP', path, `more than ${this.#limits.depth} sets inside each other`);
      return;
    }
    const frame = new PropertySetFrame(path, depth);
    this.#readSet(frame, source, end);
    this.#finishSet(frame, source);
  }

  /** `values/0/high`, `values/1/high`: the position stands for the key a list does not have. */
  #readList(source: Source, end: number, path: string, depth: number): void {
    const { reader } = source;
    try {
      for (let index = 0; reader.pos < end && !this.#full;) {
        const tag = reader.tag();
        if (tag !== LIST_SET) {
          reader.skipType(tag & 7);
          continue;
        }
        const length = reader.size();
        const next = reader.pos + length;
        if (next > end) throw new RangeError('a set runs past its list');
        if (index >= this.#limits.properties) this.#overflow();
        else this.#readNested(source, next, `${path}/${index}`, depth);
        reader.pos = next;
        index++;
      }
    } catch (error) {
      this.#faults.add('PROPERTIES_MALFORMED', path, messageOf(error));
    }
  }

  /** Null counts as absent, and so takes away an earlier property of the same key. */
  #absent(key: string): null {
    this.#unsettled = true;
    this.#add({ key, type: ABSENT, value: false });
    return null;
  }

  #add(property: DecodedProperty): void {
    if (this.#properties.length >= this.#limits.properties) this.#overflow();
    else this.#properties.push(property);
  }

  #overflow(): void {
    if (!this.#full) this.#faults.add('PROPERTIES_TOO_MANY', null, `more than ${this.#limits.properties}`);
    this.#full = true;
  }

  /** The slow way, for metrics with nested sets, nulls, or a key seen twice: last wins, nulls go. */
  #settle(): DecodedProperty[] {
    const byKey = new Map<string, DecodedProperty>();
    for (const property of this.#properties) {
      if (byKey.has(property.key)) this.#faults.add('KEY_DUPLICATE', property.key, 'the last one counts');
      byKey.set(property.key, property);
    }
    return [...byKey.values()].filter((property) => property.type !== ABSENT);
  }
}

function isSetType(type: number): boolean {
  return type === Datatype.PropertySet || type === Datatype.PropertySetList;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
