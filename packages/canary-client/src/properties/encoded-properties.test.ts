import { describe, expect, it } from '@jest/globals';
import { DatasetGuard, GuardRailError } from './dataset-guard.ts';
import { EncodedProperties, encodedSize } from './encoded-properties.ts';
import type { PropertyWrite } from './property-write.ts';

const anyDataset = new DatasetGuard(null);
const at = '2025-08-26T12:00:00.0000000Z';

describe('TC-20 the payload of a write', () => {
  it('maps each tag to rows of name, timestamp, value, quality Good', () => {
    const properties = EncodedProperties.encode(
      new Map<string, PropertyWrite[]>([
        [
          'Secil.Portugal.Maceira.SHC',
          [
            ['engUnit', at, 'kcal/kg'],
            ['engHigh', at, 1000.5],
            ['enabled', at, true],
            ['removed', at, ''],
            ['counter', at, '9223372036854775807'],
          ],
        ],
        ['Secil2.Portugal.Outão.431 - Kiln', [['engLow', at, 0]]],
      ]),
      anyDataset,
    );
    expect(JSON.parse(properties.json)).toEqual({
      'Secil.Portugal.Maceira.SHC': [
        ['engUnit', at, 'kcal/kg', 192],
        ['engHigh', at, 1000.5, 192],
        ['enabled', at, true, 192],
        ['removed', at, '', 192],
        ['counter', at, '9223372036854775807', 192],
      ],
      'Secil2.Portugal.Outão.431 - Kiln': [['engLow', at, 0, 192]],
    });
    expect(properties.tags).toBe(2);
    expect(properties.bytes).toBe(Buffer.byteLength(properties.json));
  });

  it('keeps names that mean something to JavaScript', () => {
    const { json } = EncodedProperties.encode(
      new Map([['Secil.__proto__', [['__proto__', at, 'x'] as const]]]),
      anyDataset,
    );
    expect(json).toBe(`{"Secil.__proto__":[["__proto__","${at}","x",192]]}`);
  });

  it('refuses numbers that JSON would turn into null', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => EncodedProperties.encode(new Map([['Secil.a', [['p', at, value]]]]), anyDataset)).toThrow(
        GuardRailError,
      );
    }
  });

  it('passes the guard rail or does not come to be', () => {
    const tags = new Map<string, PropertyWrite[]>([
      ['Test.a', [['p', at, 1]]],
      ['Secil.a', [['p', at, 1]]],
    ]);
    expect(() => EncodedProperties.encode(tags, new DatasetGuard('Test'))).toThrow(GuardRailError);
  });

  it('has no place for values of the time series', () => {
    // @ts-expect-error a row needs the name of a property; a TVQ has none
    const tvq: PropertyWrite = [at, 1];
    // @ts-expect-error what goes over the wire is made by encode(), which passes the guard rail
    expect(() => new EncodedProperties(`{"tvqs":${tvq.length}}`, 1)).not.toThrow();
  });

  it('the size of one tag is what it adds to a request', () => {
    const writes: PropertyWrite[] = [['Einheit', at, 'm³/h']];
    const one = EncodedProperties.encode(new Map([['Secil.a', writes]]), anyDataset).bytes;
    const two = EncodedProperties.encode(
      new Map([
        ['Secil.a', writes],
        ['Secil.ã', writes],
      ]),
      anyDataset,
    ).bytes;
    expect(two - one).toBe(encodedSize('Secil.ã', writes));
  });
});
