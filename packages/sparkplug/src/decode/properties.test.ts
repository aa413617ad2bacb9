import { describe, expect, it } from '@jest/globals';
import { Datatype } from '../datatype.ts';
import { encodePayload } from '../encode/birth.ts';
import type { PropertyInput } from '../encode/input.ts';
import { readMetric, reasonsOf, valuesOf } from '../testing/read-birth.ts';
import {
  delimited,
  fixed32,
  fixed64,
  propertyKey,
  metricOf,
  payloadOf,
  propertyValue,
  varint,
} from '../testing/wire-bytes.ts';

const { Int8, Int16, Int32, Int64, UInt32, UInt64, Float, Double, Text, UUID, DateTime } = Datatype;

/** The first metric of a birth that has one property, given by the parts of its value. */
async function propertyOf(...parts: Uint8Array[]) {
  return await readMetric(payloadOf(metricOf('tag', propertyKey('p'), propertyValue(...parts))));
}

async function propertiesOf(properties: PropertyInput[]) {
  return await readMetric(encodePayload({ metrics: [{ name: 'tag', datatype: Double, properties }] }));
}

function text(content: string): Buffer[] {
  return [varint(1, Datatype.String), delimited(8, content)];
}

describe('types of properties', () => {
  it.each<[string, number, Uint8Array, unknown]>([
    ['Int8', Int8, varint(3, 0xff), -1],
    ['Int16', Int16, varint(3, 0xffff_ffff), -1],
    ['Int32', Int32, varint(3, 0x8000_0204), -2_147_483_132],
    ['Int32 written as a negative varint', Int32, varint(3, -5), -5],
    ['UInt32 in int_value', UInt32, varint(3, 4_000_000_000), 4_000_000_000],
    ['UInt32 in long_value', UInt32, varint(4, 4_000_000_000), 4_000_000_000],
    ['Int32 in long_value', Int32, varint(4, -1), -1],
    ['Int64 in int_value', Int64, varint(3, 7), 7],
    ['Int64', Int64, varint(4, -(2n ** 63n)), -(2n ** 63n)],
    ['UInt64', UInt64, varint(4, 2n ** 64n - 1n), 2n ** 64n - 1n],
    ['DateTime', DateTime, varint(4, 1_700_000_000_123), 1_700_000_000_123],
    ['Float', Float, fixed32(5, 0.5), 0.5],
    ['Double', Double, fixed64(6, -1e300), -1e300],
    ['Double in float_value', Double, fixed32(5, 0.25), 0.25],
    ['Double in int_value', Double, varint(3, 100), 100],
    ['NaN', Double, fixed64(6, Number.NaN), Number.NaN],
    ['Boolean', Datatype.Boolean, varint(7, 1), true],
    ['Boolean in int_value', Datatype.Boolean, varint(3, 0), false],
    ['Text', Text, delimited(8, 'Température °C'), 'Température °C'],
    ['an empty UUID', UUID, delimited(8, ''), ''],
    ['a UUID that is none', UUID, delimited(8, 'kiln-1'), 'kiln-1'],
    ['Bytes', Datatype.Bytes, delimited(8, Buffer.from([0, 255, 1])), 'AP8B'],
    ['File', Datatype.File, delimited(8, Buffer.from('{}')), 'e30='],
  ])('SPB-01 SPB-03 SPB-05 TC-04 reads %s', async (_name, type, arm, expected) => {
    const metric = await propertyOf(varint(1, type), arm);
    expect(metric.properties).toEqual([{ key: 'p', type, value: expected }]);
    expect(metric.faults).toEqual([]);
  });

  it('SPB-02 gives back every signed integer that the encoder writes', async () => {
    const metric = await propertiesOf([
      { key: 'a', type: Int8, value: -128 },
      { key: 'b', type: Int16, value: -1 },
      { key: 'c', type: Int32, value: -2_147_483_648 },
      { key: 'd', type: Int64, value: -1 },
    ]);
    expect(valuesOf(metric)).toEqual({ a: -128, b: -1, c: -2_147_483_648, d: -1 });
  });

  it.each([
    ['missing', []],
    ['0', [varint(1, 0)]],
    ['35', [varint(1, 35)]],
  ])('SPB-01 SPB-07 takes the type from the value when it is %s, and notes it', async (_name, declared) => {
    const metric = await propertyOf(...declared, varint(3, 7));
    expect(metric.properties).toEqual([{ key: 'p', type: Int32, value: 7 }]);
    expect(reasonsOf(metric)).toEqual(['PROPERTY_TYPE_UNKNOWN']);
  });

  it.each([
    ['DataSet', Datatype.DataSet],
    ['Template', Datatype.Template],
    ['StringArray', Datatype.StringArray],
  ])('SPB-01 leaves out a property of type %s, which belongs to metrics', async (_name, type) => {
    const metric = await propertyOf(varint(1, type), delimited(8, 'x'));
    expect(metric.properties).toEqual([]);
    expect(reasonsOf(metric)).toEqual(['PROPERTY_TYPE_NOT_ALLOWED']);
  });

  it.each<[string, number, Uint8Array]>([
    ['Double with a text', Double, delimited(8, '1.5')],
    ['String with a number', Datatype.String, varint(3, 1)],
    ['Int32 with a double', Int32, fixed64(6, 1)],
    ['Boolean with 2', Datatype.Boolean, varint(3, 2)],
    ['String with a set', Datatype.String, delimited(9, propertyKey('a'), propertyValue(...text('b')))],
    ['PropertySet with a number', Datatype.PropertySet, varint(3, 1)],
  ])('SPB-03 leaves out %s', async (_name, type, arm) => {
    const metric = await propertyOf(varint(1, type), arm);
    expect(metric.properties).toEqual([]);
    expect(metric.faults).toEqual([expect.objectContaining({ reason: 'PROPERTY_TYPE_MISMATCHED', key: 'p' })]);
  });

  it('SPB-02 leaves out an integer that does not fit, and says what it saw', async () => {
    const metric = await propertyOf(varint(1, Int8), varint(3, 300));
    expect(metric.properties).toEqual([]);
    expect(metric.faults).toEqual([
      { reason: 'INTEGER_OUT_OF_RANGE', key: 'p', detail: 'declared Int8, sent as int_value 300' },
    ]);
  });
});

describe('null, empty and absent', () => {
  it('SPB-06 a null property is absent, whatever else it carries; an empty text is a value', async () => {
    const metric = await readMetric(
      payloadOf(
        metricOf(
          'tag',
          ...['null', 'null with a value', 'empty'].map((name) => propertyKey(name)),
          propertyValue(varint(1, Datatype.String), varint(2, 1)),
          propertyValue(varint(1, Datatype.String), delimited(8, 'ghost'), varint(2, 1)),
          propertyValue(...text('')),
        ),
      ),
    );
    expect(valuesOf(metric)).toEqual({ empty: '' });
    expect(metric.faults).toEqual([]);
  });

  it('SPB-06 a property without any value counts as absent and is noted', async () => {
    const metric = await propertyOf(varint(1, Double));
    expect(metric.properties).toEqual([]);
    expect(reasonsOf(metric)).toEqual(['PROPERTY_WITHOUT_VALUE']);
  });

  it('SPB-06 the properties of a null metric count all the same', async () => {
    const metric = await readMetric(
      encodePayload({
        metrics: [
          { name: 'tag', datatype: Double, value: null, properties: [{ key: 'engUnit', type: 12, value: 't/h' }] },
        ],
      }),
    );
    expect(metric.isNull).toBe(true);
    expect(valuesOf(metric)).toEqual({ engUnit: 't/h' });
  });

  it('SPB-09 says nothing of a property that is not in this birth', async () => {
    const before = await propertiesOf([
      { key: 'engUnit', type: 12, value: 't/h' },
      { key: 'tooltip', type: 12, value: 'Kiln feed' },
    ]);
    const after = await propertiesOf([{ key: 'engUnit', type: 12, value: 't/h' }]);
    expect(Object.keys(valuesOf(before))).toEqual(['engUnit', 'tooltip']);
    expect(Object.keys(valuesOf(after))).toEqual(['engUnit']);
  });
});

describe('keys', () => {
  it('SPB-07 keeps the pairs of more keys than values and says which keys are left', async () => {
    const metric = await readMetric(
      payloadOf(
        metricOf(
          'tag',
          propertyKey('a'),
          propertyKey('b'),
          propertyKey('c'),
          propertyValue(...text('1')),
          propertyValue(...text('2')),
        ),
      ),
    );
    expect(valuesOf(metric)).toEqual({ a: '1', b: '2' });
    expect(metric.faults).toEqual([
      { reason: 'PROPERTIES_MISMATCHED', key: null, detail: '3 keys, 2 values: no value for "c"' },
    ]);
  });

  it('SPB-07 keeps the pairs of more values than keys', async () => {
    const metric = await readMetric(
      payloadOf(
        metricOf(
          'tag',
          propertyKey('a'),
          propertyValue(...text('1')),
          propertyValue(...text('2')),
          propertyValue(...text('3')),
        ),
      ),
    );
    expect(valuesOf(metric)).toEqual({ a: '1' });
    expect(metric.faults).toEqual([{ reason: 'PROPERTIES_MISMATCHED', key: null, detail: '1 keys, 3 values' }]);
  });

  it.each([
    ['keys first', [propertyKey('a'), propertyKey('b'), propertyValue(...text('1')), propertyValue(...text('2'))]],
    ['values first', [propertyValue(...text('1')), propertyValue(...text('2')), propertyKey('a'), propertyKey('b')]],
    ['in turns', [propertyKey('a'), propertyValue(...text('1')), propertyKey('b'), propertyValue(...text('2'))]],
    ['mixed', [propertyKey('a'), propertyValue(...text('1')), propertyValue(...text('2')), propertyKey('b')]],
  ])('SPB-07 pairs keys and values sent %s', async (_name, parts) => {
    expect(valuesOf(await readMetric(payloadOf(metricOf('tag', ...parts))))).toEqual({ a: '1', b: '2' });
  });

  it('SPB-07 pairs keep their order when values come before their keys: the last of two equal keys counts', async () => {
    const [first, second] = [propertyValue(...text('1')), propertyValue(...text('2'))];
    const mixed = payloadOf(metricOf('tag', first, propertyKey('a'), propertyKey('a'), second));
    expect(valuesOf(await readMetric(mixed))).toEqual({ a: '2' });
  });

  it('SPB-07 merges a property set sent in two fields, as protobuf asks', async () => {
    const split = payloadOf(
      Buffer.concat([
        metricOf('tag', propertyKey('a'), propertyKey('b'), propertyValue(...text('1'))),
        delimited(9, propertyValue(...text('2'))),
      ]),
    );
    expect(valuesOf(await readMetric(split))).toEqual({ a: '1', b: '2' });
  });

  it('SPB-07 the last of two equal keys counts, and the key is noted', async () => {
    const metric = await propertiesOf([
      { key: 'engUnit', type: 12, value: 't' },
      { key: 'engHigh', type: 10, value: 5 },
      { key: 'engUnit', type: 12, value: 'kg' },
    ]);
    expect(valuesOf(metric)).toEqual({ engUnit: 'kg', engHigh: 5 });
    expect(metric.faults).toEqual([expect.objectContaining({ reason: 'KEY_DUPLICATE', key: 'engUnit' })]);
  });

  it('SPB-07 a null that comes last takes away the value before it', async () => {
    const metric = await propertiesOf([
      { key: 'engUnit', type: 12, value: 't' },
      { key: 'engUnit', type: 12, value: null },
    ]);
    expect(metric.properties).toEqual([]);
  });

  it('SPB-07 keeps keys that name parts of every object', async () => {
    const keys = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'prototype', '__defineGetter__'];
    const metric = await propertiesOf(keys.map((name) => ({ key: name, type: 12, value: name })));
    expect(metric.properties.map((property) => [property.key, property.value])).toEqual(keys.map((k) => [k, k]));
    expect(metric.faults).toEqual([]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it.each([
    ['empty', Buffer.alloc(0), 'KEY_EMPTY'],
    ['not UTF-8', Buffer.from([0x66, 0xff]), 'KEY_NOT_TEXT'],
    ['with a NUL', Buffer.from('a\0b'), 'KEY_NOT_TEXT'],
    ['too long', Buffer.alloc(2_000, 'k'), 'KEY_TOO_LONG'],
  ])('SPB-07 leaves out a property whose key is %s, and keeps its neighbours', async (_name, bad, reason) => {
    const values = ['1', '2', '3'].map((content) => propertyValue(...text(content)));
    const metric = await readMetric(
      payloadOf(metricOf('tag', propertyKey('a'), propertyKey(bad), propertyKey('b'), ...values)),
    );
    expect(valuesOf(metric)).toEqual({ a: '1', b: '3' });
    expect(reasonsOf(metric)).toEqual([reason]);
  });
});

describe('texts', () => {
  it.each([
    ['ASCII', 'Specific heat consumption, kiln 1'],
    ['accents', 'Température du séparateur à 400 °C, São João da Maceira'],
    ['other scripts', 'Цемент 水泥 セメント'],
    ['astral characters', 'kiln 🔥 hot'],
    ['a replacement character that was sent', 'bad \uFFFD but sent'],
    ['a long text with accents', 'é'.repeat(5_000)],
    ['the ends of Latin-1', '\u007f\u0080\u00ff\u0100'],
    ['three bytes', 'aé\u20ac'],
  ])('SPB-16 reads %s as it was sent', async (_name, content) => {
    expect(valuesOf(await propertiesOf([{ key: 'p', type: 12, value: content }]))).toEqual({ p: content });
  });

  it.each([
    ['a Latin-1 byte', Buffer.from([0x34, 0x30, 0xb0, 0x43])],
    ['a cut character', Buffer.from([0x61, 0xc3])],
    ['an overlong character', Buffer.from([0xc0, 0x80])],
    ['a NUL', Buffer.from('abc\0defgh')],
    ['a NUL among accents', Buffer.from('é\0')],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
  ])('leaves out a text with %s instead of storing something else', async (_name, bytes) => {
    const metric = await propertyOf(varint(1, 12), delimited(8, bytes));
    expect(metric.properties).toEqual([]);
    expect(reasonsOf(metric)).toEqual(['STRING_NOT_TEXT']);
  });
});

describe('nested sets', () => {
  it('SPB-08 flattens sets and lists of sets', async () => {
    const metric = await propertiesOf([
      {
        key: 'limits',
        set: [
          { key: 'high', type: 10, value: 5 },
          { key: 'inner', set: [{ key: 'x', type: 3, value: 1 }] },
        ],
      },
      {
        key: 'alarms',
        list: [[{ key: 'high', type: 10, value: 1 }], [], [{ key: 'high', type: 10, value: 3 }]],
      },
    ]);
    expect(valuesOf(metric)).toEqual({ 'limits/high': 5, 'limits/inner/x': 1, 'alarms/0/high': 1, 'alarms/2/high': 3 });
    expect(metric.faults).toEqual([]);
  });

  it('SPB-07 SPB-08 notes a flat key that a nested one repeats', async () => {
    const metric = await propertiesOf([
      { key: 'limits/high', type: 10, value: 1 },
      { key: 'limits', set: [{ key: 'high', type: 10, value: 2 }] },
    ]);
    expect(valuesOf(metric)).toEqual({ 'limits/high': 2 });
    expect(reasonsOf(metric)).toEqual(['KEY_DUPLICATE']);
  });

  it('SPB-08 stops at the depth allowed and keeps what stands above', async () => {
    const nest = (depth: number): PropertyInput[] =>
      depth === 0
        ? [{ key: 'x', type: 3, value: 1 }]
        : [
            { key: 'd', set: nest(depth - 1) },
            { key: 'y', type: 3, value: depth },
          ];
    const payload = encodePayload({ metrics: [{ name: 'tag', datatype: Double, properties: nest(4) }] });
    const metric = await readMetric(payload, { limits: { depth: 2 } });
    expect(valuesOf(metric)).toEqual({ y: 4, 'd/y': 3, 'd/d/y': 2 });
    expect(metric.faults).toEqual([expect.objectContaining({ reason: 'PROPERTY_TOO_DEEP', key: 'd/d/d' })]);
  });

  it('SPB-07 SPB-08 keeps the pairs of a nested set that does not match', async () => {
    const set = delimited(9, propertyKey('a'), propertyKey('b'), propertyValue(...text('1')));
    const metric = await propertyOf(varint(1, Datatype.PropertySet), set);
    expect(valuesOf(metric)).toEqual({ 'p/a': '1' });
    expect(metric.faults).toEqual([expect.objectContaining({ reason: 'PROPERTIES_MISMATCHED', key: 'p' })]);
  });
});

describe('the properties seen in the field', () => {
  it('SPB-10 SPB-11 reads them like any others, Quality and its 32-bit codes included', async () => {
    const properties: PropertyInput[] = [
      { key: 'engUnit', type: 12, value: '°C' },
      { key: 'engLow', type: 10, value: 0 },
      { key: 'engHigh', type: 10, value: 1_450 },
      { key: 'documentation', type: 12, value: '' },
      { key: 'tooltip', type: 12, value: 'Sinterzone' },
      { key: 'Quality', type: 3, value: -2_147_483_132 },
      { key: 'executionMode', type: 12, value: 'EventDriven' },
      { key: 'executionRate', type: 3, value: 1_000 },
      { key: 'retained', type: 11, value: false },
      { key: 'UoM', type: 12, value: 'celsius' },
    ];
    expect((await propertiesOf(properties)).properties).toEqual(properties);
  });

  it('SPB-11 takes metadata.description as documentation', async () => {
    const described = { name: 'tag', datatype: Double, description: 'Heat of the kiln' };
    const metric = await readMetric(encodePayload({ metrics: [described] }));
    expect(metric.properties).toEqual([{ key: 'documentation', type: 12, value: 'Heat of the kiln' }]);
  });

  it('SPB-11 prefers the property documentation, unless it is null', async () => {
    const metricWith = async (documentation: string | null) => {
      const properties = [{ key: 'documentation', type: 12, value: documentation }];
      return await readMetric(
        encodePayload({ metrics: [{ name: 'tag', datatype: Double, description: 'metadata', properties }] }),
      );
    };
    expect(valuesOf(await metricWith('property'))).toEqual({ documentation: 'property' });
    expect(valuesOf(await metricWith(''))).toEqual({ documentation: '' });
    expect(valuesOf(await metricWith(null))).toEqual({ documentation: 'metadata' });
  });
});

describe('broken properties', () => {
  it('cost themselves only', async () => {
    const broken = propertyValue(varint(1, 12), Buffer.from([0x42, 0x7f, 0x61]));
    const metric = await readMetric(
      payloadOf(
        metricOf(
          'tag',
          propertyKey('a'),
          propertyKey('b'),
          propertyKey('c'),
          propertyValue(...text('1')),
          broken,
          propertyValue(...text('3')),
        ),
      ),
    );
    expect(valuesOf(metric)).toEqual({ a: '1', c: '3' });
    expect(metric.faults).toEqual([expect.objectContaining({ reason: 'PROPERTY_MALFORMED', key: 'b' })]);
  });

  it('cost the rest of their set when the set itself is broken', async () => {
    const metric = await readMetric(
      payloadOf(metricOf('tag', propertyKey('a'), propertyValue(...text('1')), Buffer.from([0x12, 0x7f]))),
    );
    expect(valuesOf(metric)).toEqual({ a: '1' });
    expect(reasonsOf(metric)).toEqual(['PROPERTIES_MALFORMED']);
  });

  it('SPB-21 skips unknown fields, groups and extensions wherever they stand', async () => {
    const unknown = [
      varint(99, 1),
      fixed64(98, 1),
      fixed32(97, 1),
      delimited(96, 'ext'),
      Buffer.from([0xa3, 0x06, 0x08, 0x01, 0xa4, 0x06]),
    ];
    const withValue = propertyValue(...unknown, ...text('1'), ...unknown);
    const extension = propertyValue(varint(1, 12), delimited(11, 'extension value'));
    const set = delimited(9, ...unknown, propertyKey('a'), propertyKey('x'), withValue, extension, ...unknown);
    const metric = await readMetric(
      Buffer.concat([...unknown, delimited(2, ...unknown, metricOf('tag'), set, ...unknown), ...unknown, varint(3, 1)]),
    );
    expect(valuesOf(metric)).toEqual({ a: '1' });
    expect(metric.faults).toEqual([expect.objectContaining({ reason: 'PROPERTY_WITHOUT_VALUE', key: 'x' })]);
  });
});
