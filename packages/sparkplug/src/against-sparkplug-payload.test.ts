import { describe, expect, it } from '@jest/globals';
import sparkplugPayload from 'sparkplug-payload';
import type { UPayload } from 'sparkplug-payload/lib/sparkplugbpayload.js';
import { Datatype, datatypeName } from './datatype.ts';
import { encodePayload } from './encode/birth.ts';
import type { PropertyInput } from './encode/input.ts';
import { readBirth, valuesOf } from './testing/read-birth.ts';
import { bytesOf, delimited, propertyKey, metricOf, payloadOf, propertyValue, varint } from './testing/wire-bytes.ts';

const peer = sparkplugPayload.get('spBv1.0');
if (peer === null) throw new Error('sparkplug-payload does not know spBv1.0');

const D = Datatype;
const SCALARS: { key: string; type: number; value: string | number | boolean }[] = [
  { key: 'Int32', type: D.Int32, value: -7 },
  { key: 'UInt16', type: D.UInt16, value: 65_535 },
  { key: 'Int64', type: D.Int64, value: 1_700_000_000_000 },
  { key: 'UInt64', type: D.UInt64, value: 9_007_199_254_740_991 },
  { key: 'Float', type: D.Float, value: 0.5 },
  { key: 'Double', type: D.Double, value: 1e-300 },
  { key: 'Boolean', type: D.Boolean, value: true },
  { key: 'String', type: D.String, value: 'Température °C 水' },
  { key: 'Text', type: D.Text, value: '' },
  { key: 'DateTime', type: D.DateTime, value: 1_700_000_000_123 },
];

describe('against sparkplug-payload, where it is right', () => {
  it('CT-01 ours reads what theirs writes', async () => {
    const payload: UPayload = {
      timestamp: 1_700_000_000_000,
      seq: 3,
      metrics: [
        {
          name: 'Kiln/Temp',
          alias: 5,
          type: 'Double',
          value: 1,
          properties: Object.fromEntries(
            SCALARS.map((scalar) => [scalar.key, { type: datatypeName(scalar.type), value: scalar.value }]),
          ) as never,
        },
      ],
    };
    const { metrics, header } = await readBirth(peer.encodePayload(payload));
    expect(header).toMatchObject({ timestamp: 1_700_000_000_000n, seq: 3 });
    expect(metrics).toMatchObject([{ name: 'Kiln/Temp', alias: '5', properties: SCALARS, faults: [] }]);
  });

  it('CT-01 theirs reads what ours writes', () => {
    const bytes = encodePayload({
      timestamp: 1_700_000_000_000,
      seq: 3,
      metrics: [{ name: 'Kiln/Temp', alias: 5, datatype: D.Double, value: 1.5, properties: SCALARS }],
    });
    const { metrics } = peer.decodePayload(bytes);
    expect(metrics).toHaveLength(1);
    expect(metrics?.[0]).toMatchObject({ name: 'Kiln/Temp', value: 1.5, type: 'Double' });
    for (const scalar of SCALARS) {
      const got = metrics?.[0]?.properties?.[scalar.key]?.value;
      expect([scalar.key, typeof scalar.value === 'number' ? Number(got) : got]).toEqual([scalar.key, scalar.value]);
    }
  });
});

describe('where sparkplug-payload loses a birth or a value, ours', () => {
  async function propertiesOf(properties: PropertyInput[]) {
    const bytes = encodePayload({ metrics: [{ name: 'tag', datatype: D.Double, value: 1, properties }] });
    const { metrics } = await readBirth(bytes);
    const [metric] = metrics;
    if (metric === undefined || metric.rejected) throw new Error('no metric');
    return { ours: valuesOf(metric), theirs: peer?.decodePayload(bytes).metrics?.[0]?.properties };
  }

  it('SPB-06 SPB-12 SPB-13 reads a birth with a null DataSet and a null Template', async () => {
    const metrics = [
      { name: 'd', datatype: D.DataSet, value: null },
      { name: 't', datatype: D.Template, value: null },
      { name: 'next', datatype: D.Double, value: 1 },
    ];
    for (const count of [1, 2])
      expect(() => peer.decodePayload(encodePayload({ metrics: metrics.slice(0, count) }))).toThrow(TypeError);
    expect(
      (await readBirth(encodePayload({ metrics }))).metrics.map((metric) => [metric.rejected, metric.name]),
    ).toEqual([
      [false, 'd'],
      [false, 't'],
      [false, 'next'],
    ]);
  });

  it('SPB-12 reads a DataSet with Int32 columns', async () => {
    const value = { columns: ['count'], types: [D.Int32], rows: [[5]] };
    const bytes = encodePayload({ metrics: [{ name: 'd', datatype: D.DataSet, value }] });
    expect(() => peer.decodePayload(bytes)).toThrow('Invalid DataSetValue');
    expect((await readBirth(bytes)).metrics).toMatchObject([{ name: 'd', faults: [] }]);
  });

  it('SPB-07 reads a set with more keys than values', async () => {
    const text = propertyValue(varint(1, D.String), delimited(8, '1'));
    const bytes = payloadOf(metricOf('tag', propertyKey('a'), propertyKey('b'), text));
    expect(() => peer.decodePayload(bytes)).toThrow(TypeError);
    expect((await readBirth(bytes)).metrics).toMatchObject([{ properties: [{ key: 'a', value: '1' }] }]);
  });

  it('SPB-03 reads UInt32 from either arm', async () => {
    const property = (arm: number) =>
      bytesOf(propertyKey(`arm${arm}`), propertyValue(varint(1, D.UInt32), varint(arm, 7)));
    const bytes = payloadOf(metricOf('tag', property(3), property(4)));
    const theirs = peer.decodePayload(bytes).metrics?.[0]?.properties;
    expect(theirs?.['arm3']?.value).not.toBe(7);
    expect((await readBirth(bytes)).metrics).toMatchObject([{ properties: [{ value: 7 }, { value: 7 }], faults: [] }]);
  });

  it('SPB-02 reads Int16 -1 as -1', async () => {
    const bytes = payloadOf(metricOf('tag', propertyKey('a'), propertyValue(varint(1, D.Int16), varint(3, 65_535))));
    expect(peer.decodePayload(bytes).metrics?.[0]?.properties?.['a']?.value).toBe(65_535);
    expect((await readBirth(bytes)).metrics).toMatchObject([{ properties: [{ key: 'a', value: -1 }] }]);
  });

  it('SPB-07 keeps a property called __proto__', async () => {
    const { ours, theirs } = await propertiesOf([
      { key: '__proto__', type: D.String, value: 'kept' },
      { key: 'a', type: D.String, value: 'b' },
    ]);
    expect(Object.keys(theirs ?? {})).toEqual(['a']);
    expect(Object.entries(ours)).toEqual([
      ['__proto__', 'kept'],
      ['a', 'b'],
    ]);
  });
});
