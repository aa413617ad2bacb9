import { describe, expect, it } from '@jest/globals';
import { readMetric, reasonsOf, valuesOf } from '../testing/read-birth.ts';
import { text } from '../testing/read-property.ts';
import {
  delimited,
  fixed32,
  fixed64,
  metricOf,
  payloadOf,
  propertyKey,
  propertyValue,
  varint,
} from '../testing/wire-bytes.ts';

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
