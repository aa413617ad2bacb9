import { describe, expect, it } from '@jest/globals';
import { Datatype } from '../datatype.ts';
import { reasonsOf, valuesOf } from '../testing/read-birth.ts';
import { propertiesOf, propertyOf, text } from '../testing/read-property.ts';
import { delimited, fixed32, fixed64, propertyKey, propertyValue, varint } from '../testing/wire-bytes.ts';

const { Int8, Int16, Int32, Int64, UInt32, UInt64, Float, Double, Text, UUID, DateTime } = Datatype;

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
