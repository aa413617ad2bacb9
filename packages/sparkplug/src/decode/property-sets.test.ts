import { describe, expect, it } from '@jest/globals';
import { Datatype } from '../datatype.ts';
import { encodePayload } from '../encode/birth.ts';
import { readMetric, reasonsOf, valuesOf } from '../testing/read-birth.ts';
import { propertiesOf, propertyOf, text } from '../testing/read-property.ts';
import { bytesOf, delimited, metricOf, payloadOf, propertyKey, propertyValue, varint } from '../testing/wire-bytes.ts';
import type { PropertyInput } from '../encode/input.ts';

const { Double } = Datatype;

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

  it('SPB-07 pairs keys and values by their order, also when a metric has its properties in two fields', async () => {
    const value = (content: string): Buffer => propertyValue(...text(content));
    const metric = await readMetric(
      payloadOf(
        bytesOf(
          metricOf('tag', value('1')),
          delimited(9, propertyKey('a'), propertyKey('b'), value('2')),
          delimited(9, propertyKey('c'), value('3')),
        ),
      ),
    );
    expect(valuesOf(metric)).toEqual({ a: '1', b: '2', c: '3' });
    expect(metric.faults).toEqual([]);
  });
});
