import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { typeProperty, type SparkplugProperty } from './type-property.ts';
import type { PropertyTyping } from './typed-property.ts';

const typed = (type: number, value: SparkplugProperty['value']): PropertyTyping =>
  typeProperty({ key: 'engLow', type, value });

const keyed = (key: string): string => told(typeProperty({ key, type: 11, value: true }));

/** `type value`, or the reason why there is none. */
function told(result: PropertyTyping): string {
  return result.ok ? `${result.type} ${Object.is(result.value, -0) ? '-0' : String(result.value)}` : result.reason;
}

const [
  Int8,
  Int16,
  Int32,
  Int64,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  Float,
  Double,
  Boolean,
  String_,
  DateTime,
  Text,
  UUID,
] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as const;

describe('the type of a property', () => {
  it.each([
    [Int8, -128, 'int -128'],
    [Int16, -32768, 'int -32768'],
    [Int32, -2147483132, 'int -2147483132'],
    [UInt8, 255, 'int 255'],
    [UInt16, 65535, 'int 65535'],
    [UInt32, 4294967295, 'long 4294967295'],
    [Int64, -(2n ** 63n), 'long -9223372036854775808'],
    [Int64, 2n ** 63n - 1n, 'long 9223372036854775807'],
    [UInt64, 2n ** 63n - 1n, 'long 9223372036854775807'],
    [UInt64, 2n ** 63n, 'string 9223372036854775808'],
    [UInt64, 2n ** 64n - 1n, 'string 18446744073709551615'],
    [DateTime, 1756209600000, 'long 1756209600000'],
    [DateTime, 2n ** 64n - 1n, 'string 18446744073709551615'],
    [Float, 0.5, 'float 0.5'],
    [Double, 0.1, 'double 0.1'],
    [Boolean, false, 'boolean false'],
    [String_, '', 'string '],
    [Text, 'kcal/kg', 'string kcal/kg'],
    [UUID, 'no uuid', 'string no uuid'],
    [17, 'AAEC', 'string AAEC'],
    [18, 'AAEC', 'string AAEC'],
  ])('TC-04 datatype %i with %s is %s', (type, value, expected) => {
    expect(told(typed(type, value))).toBe(expected);
  });

  it('TC-04 keeps NaN and the infinities, which the store can hold', () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      expect(typed(Double, value)).toMatchObject({ ok: true, key: 'engLow', type: 'double', value });
      expect(typed(Float, value)).toMatchObject({ ok: true, key: 'engLow', type: 'float', value });
    }
  });

  it('TC-04 gives a long one form: a number as long as it is exact, a bigint beyond', () => {
    expect(typed(Int64, 5n)).toMatchObject({ value: 5 });
    expect(typed(Int64, 2n ** 53n - 1n)).toMatchObject({ value: 2 ** 53 - 1 });
    expect(typed(Int64, 2n ** 53n)).toMatchObject({ value: 2n ** 53n });
    expect(typed(Int64, 2 ** 60)).toMatchObject({ value: 2n ** 60n });
    expect(typed(UInt64, 2 ** 63)).toMatchObject({ type: 'string', value: '9223372036854775808' });
  });

  it('TC-04 gives a float the precision of 32 bits, and no number the sign of -0', () => {
    expect(typed(Float, 0.1)).toMatchObject({ value: 0.10000000149011612 });
    expect(typed(Float, 1e-50)).toMatchObject({ value: 0 });
    for (const type of [Int32, Int64, Float, Double]) expect(told(typed(type, -0))).toMatch(/ 0$/);
    expect(told(typed(Float, -1e-50))).toBe('float 0');
  });

  it.each([
    [Int8, 128, 'INTEGER_OUT_OF_RANGE'],
    [Int8, -129, 'INTEGER_OUT_OF_RANGE'],
    [Int32, 2 ** 31, 'INTEGER_OUT_OF_RANGE'],
    [UInt8, -1, 'INTEGER_OUT_OF_RANGE'],
    [UInt32, 2 ** 32, 'INTEGER_OUT_OF_RANGE'],
    [Int64, 2n ** 63n, 'INTEGER_OUT_OF_RANGE'],
    [UInt64, 2n ** 64n, 'INTEGER_OUT_OF_RANGE'],
    [UInt64, -1n, 'INTEGER_OUT_OF_RANGE'],
    [Float, 1e39, 'FLOAT_OUT_OF_RANGE'],
    [Int32, 1.5, 'PROPERTY_TYPE_MISMATCHED'],
    [Int32, Number.NaN, 'PROPERTY_TYPE_MISMATCHED'],
    [Int32, '5', 'PROPERTY_TYPE_MISMATCHED'],
    [Int64, true, 'PROPERTY_TYPE_MISMATCHED'],
    [Double, '5', 'PROPERTY_TYPE_MISMATCHED'],
    [Boolean, 1, 'PROPERTY_TYPE_MISMATCHED'],
    [String_, 5, 'PROPERTY_TYPE_MISMATCHED'],
    [String_, 'kPa\0', 'STRING_NOT_TEXT'],
    [String_, 'kPa\ud83d', 'STRING_NOT_TEXT'],
    [16, 'a', 'PROPERTY_TYPE_NOT_ALLOWED'],
    [20, 'a', 'PROPERTY_TYPE_NOT_ALLOWED'],
    [34, 'a', 'PROPERTY_TYPE_NOT_ALLOWED'],
  ])('TC-04 datatype %i with %s is refused: %s', (type, value, reason) => {
    expect(told(typed(type, value))).toBe(reason);
  });

  it('TC-04 lets the value speak where the datatype is none of the specification', () => {
    for (const type of [0, 35, -1, 1e9, 0.5, Number.NaN]) {
      expect(told(typed(type, 5))).toBe('double 5');
      expect(told(typed(type, 5n))).toBe('long 5');
      expect(told(typed(type, true))).toBe('boolean true');
      expect(told(typed(type, 'x'))).toBe('string x');
    }
  });

  it('TC-04 refuses keys the store cannot hold, and no others', () => {
    expect(keyed('')).toBe('KEY_EMPTY');
    expect(keyed('a\0')).toBe('KEY_NOT_TEXT');
    expect(keyed('\udc00')).toBe('KEY_NOT_TEXT');
    expect(keyed('é'.repeat(501))).toBe('KEY_TOO_LONG');
    for (const key of ['é'.repeat(500), '__proto__', 'constructor', ' ', 'limits/0/high']) {
      expect(keyed(key)).toBe('boolean true');
    }
  });

  it('TC-04 types a property that comes again only once, where the decoder leaves room for it', () => {
    const kept = { key: 'engUnit', type: Text, value: 'bar', memo: undefined };
    const refused = { ...kept, type: Boolean };
    expect(typeProperty(kept)).toBe(typeProperty(kept));
    expect(typeProperty(refused)).toBe(typeProperty(refused));
    expect(typeProperty(kept)).toEqual(typeProperty({ key: 'engUnit', type: Text, value: 'bar' }));
  });

  it('TC-04 gives every property exactly one typed value within what its column holds, or a reason', () => {
    const value = fc.oneof(fc.double(), fc.integer(), fc.bigInt(), fc.boolean(), fc.string({ unit: 'binary' }));
    const property = fc.record({ key: fc.string(), type: fc.integer({ min: -1, max: 36 }), value });
    fc.assert(
      fc.property(property, (given) => expect(isStorable(typeProperty(given))).toBe(true)),
      { numRuns: 3000 },
    );
  });
});

function isStorable(result: PropertyTyping): boolean {
  if (!result.ok) return result.detail !== '';
  const { type, value } = result;
  if (type === 'string') return !value.includes('\0') && value.isWellFormed();
  if (type === 'int') return value === (value | 0);
  if (type === 'float') return Object.is(Math.fround(value), value);
  if (type !== 'long') return typeof value === (type === 'double' ? 'number' : 'boolean');
  const exact = BigInt(value);
  return BigInt.asIntN(64, exact) === exact && (typeof value === 'number') === Number.isSafeInteger(Number(value));
}
