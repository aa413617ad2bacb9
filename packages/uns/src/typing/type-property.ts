import { hashProperty } from '../fingerprint/property-hash.ts';
import { isLongerThan } from '../segments/byte-length.ts';
import { isStorableText } from '../segments/storable-text.ts';
import { datatypeOf } from './datatypes.ts';
import type { PropertyTyping, PropertyType, TypingFaultReason, UntypedProperty } from './typed-property.ts';

/** Raise it when a property could be typed otherwise than before: it is part of every birth's fingerprint. */
export const TYPING_VERSION = 1;

/** A property as the decoder gives it. */
export interface SparkplugProperty {
  readonly key: string;
  /** Sparkplug datatype code; for a code the specification does not have the value itself says what it is. */
  readonly type: number;
  /** Integers beyond 2^53 - 1 are `bigint`. */
  readonly value: string | number | bigint | boolean;
  /**
   * Where typing keeps its result, for a decoder that gives one object for all properties with the same key and value:
   * in a birth five of six are repetitions.
   */
  memo?: object | undefined;
}

/** UTF-8 bytes. Keys are under a unique index of the store. */
const MAX_KEY_BYTES = 1000;

const GREATEST_LONG = 2n ** 63n - 1n;

/** Never throws: what cannot be typed costs the property, not the metric. */
export function typeProperty(property: SparkplugProperty): PropertyTyping {
  const { memo } = property;
  if (memo !== undefined && isTyping(memo)) return memo;
  const typing = typeAnew(property);
  if ('memo' in property) property.memo = typing;
  return typing;
}

function isTyping(memo: object): memo is PropertyTyping {
  return 'ok' in memo;
}

function typeAnew(property: SparkplugProperty): PropertyTyping {
  const { key, value } = property;
  if (key === '') return refuse(property, 'KEY_EMPTY', 'a value without a key');
  if (!isStorableText(key)) return refuse(property, 'KEY_NOT_TEXT', JSON.stringify(key.slice(0, 80)));
  if (isLongerThan(MAX_KEY_BYTES, key)) return refuse(property, 'KEY_TOO_LONG', `${Buffer.byteLength(key)} bytes`);
  const datatype = datatypeOf(property.type);
  const type = datatype === undefined ? typeOfValue(value) : datatype.type;
  switch (type) {
    case 'string':
      return typeof value === 'string' ? typeString(property, value) : mismatch(property);
    case 'boolean':
      if (typeof value !== 'boolean') return mismatch(property);
      return { ok: true, key, type, value, hash: hashProperty(key, type, value) };
    case 'double':
      return typeof value === 'number' ? typeDouble(property, value) : mismatch(property);
    case 'float':
      return typeof value === 'number' ? typeFloat(property, value) : mismatch(property);
    case 'int':
    case 'long':
      return typeInteger(property, type, datatype?.least, datatype?.greatest);
    default:
      return refuse(property, 'PROPERTY_TYPE_NOT_ALLOWED', nameOf(property));
  }
}

function typeString(property: SparkplugProperty, value: string): PropertyTyping {
  const { key } = property;
  if (!isStorableText(value)) return refuse(property, 'STRING_NOT_TEXT', JSON.stringify(value.slice(0, 80)));
  return { ok: true, key, type: 'string', value, hash: hashProperty(key, 'string', value) };
}

function typeDouble({ key }: SparkplugProperty, given: number): PropertyTyping {
  const value = unsignedZero(given);
  return { ok: true, key, type: 'double', value, hash: hashProperty(key, 'double', value) };
}

function typeFloat(property: SparkplugProperty, given: number): PropertyTyping {
  const { key } = property;
  const value = unsignedZero(Math.fround(given));
  if (!Number.isFinite(value) && Number.isFinite(given)) return refuse(property, 'FLOAT_OUT_OF_RANGE', String(given));
  return { ok: true, key, type: 'float', value, hash: hashProperty(key, 'float', value) };
}

function typeInteger(
  property: SparkplugProperty,
  type: 'int' | 'long',
  least: number | bigint = -(2n ** 63n),
  greatest: number | bigint = GREATEST_LONG,
): PropertyTyping {
  const { key, value: given } = property;
  if (typeof given !== 'bigint' && (typeof given !== 'number' || !Number.isInteger(given))) return mismatch(property);
  // A number and a bigint compare by their exact values.
  if (given < least || given > greatest) {
    return refuse(property, 'INTEGER_OUT_OF_RANGE', `${given} as ${nameOf(property)}`);
  }
  const number = unsignedZero(Number(given));
  if (type === 'int' || Number.isSafeInteger(number)) {
    return { ok: true, key, type, value: number, hash: hashProperty(key, type, number) };
  }
  const value = BigInt(given);
  if (value > GREATEST_LONG) return typeString(property, String(value));
  return { ok: true, key, type, value, hash: hashProperty(key, type, value) };
}

function typeOfValue(value: SparkplugProperty['value']): PropertyType {
  if (typeof value === 'number') return 'double';
  if (typeof value === 'bigint') return 'long';
  return typeof value === 'boolean' ? 'boolean' : 'string';
}

function unsignedZero(value: number): number {
  return value + 0;
}

function nameOf({ type }: SparkplugProperty): string {
  return datatypeOf(type)?.name ?? `datatype ${type}`;
}

function mismatch(property: SparkplugProperty): UntypedProperty {
  return refuse(property, 'PROPERTY_TYPE_MISMATCHED', `a ${typeof property.value} declared as ${nameOf(property)}`);
}

function refuse({ key }: SparkplugProperty, reason: TypingFaultReason, detail: string): UntypedProperty {
  return { ok: false, key, reason, detail };
}
