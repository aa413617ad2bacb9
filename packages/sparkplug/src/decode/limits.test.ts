import { describe, expect, it } from '@jest/globals';
import { Datatype } from '../datatype.ts';
import { encodeBirth, encodePayload } from '../encode/birth.ts';
import type { MetricInput } from '../encode/input.ts';
import { readBirth, readMetric, reasonsOf, valuesOf } from '../testing/read-birth.ts';
import { propertyKey, metricOf, payloadOf, propertyValue, varint } from '../testing/wire-bytes.ts';

function textMetric(name: string, ...texts: string[]): MetricInput {
  const properties = texts.map((text, index) => ({ key: `p${index}`, type: Datatype.String, value: text }));
  return { name, datatype: Datatype.Double, properties };
}

describe('limits', () => {
  it('on metrics end the birth, which hands out those before', async () => {
    const metrics = Array.from({ length: 10 }, (_, i) => ({ name: `m${i}`, datatype: 10 }));
    const read = await readBirth(encodePayload({ metrics }), { limits: { metrics: 7 } });
    expect(read.error).toBe('METRICS_TOO_MANY');
    expect(read.metrics).toHaveLength(7);
  });

  it('on metrics count the members of templates', async () => {
    const member = { name: 'm', datatype: 10 };
    const value = { isDefinition: false, metrics: Array.from({ length: 3_000 }, () => member) };
    const read = await readBirth(encodePayload({ metrics: [{ name: 't', datatype: Datatype.Template, value }] }), {
      limits: { metrics: 2_500 },
    });
    expect(read.error).toBe('METRICS_TOO_MANY');
    expect(read.metrics).toHaveLength(2_500);
  });

  it.each(['none', 'gzip'] as const)(
    'on the bytes of a metric reject it by name, compression: %s',
    async (compression) => {
      const big: MetricInput = { name: 'file', datatype: Datatype.File, value: Buffer.alloc(900_000, 1) };
      const payload = await encodeBirth({ metrics: [textMetric('a'), big, textMetric('b')] }, { compression });
      const { metrics, error } = await readBirth(payload, { limits: { metricBytes: 10_000 } });
      expect(error).toBeNull();
      expect(metrics).toMatchObject([
        { name: 'a' },
        { rejected: true, name: 'file', reason: 'METRIC_TOO_LARGE' },
        { name: 'b' },
      ]);
      expect((await readBirth(payload)).metrics).toMatchObject([{ name: 'a' }, { name: 'file' }, { name: 'b' }]);
    },
  );

  it('on names count bytes of UTF-8', async () => {
    const names = ['é'.repeat(5), 'é'.repeat(6)];
    const { metrics } = await readBirth(encodePayload({ metrics: names.map((name) => ({ name, datatype: 10 })) }), {
      limits: { nameBytes: 10 },
    });
    expect(metrics).toMatchObject([
      { rejected: false, name: 'ééééé' },
      { rejected: true, reason: 'NAME_TOO_LONG', name: 'éééééé', detail: '12 bytes' },
    ]);
  });

  it('on texts leave a text out whole', async () => {
    const metric = await readMetric(encodePayload({ metrics: [textMetric('a', 'x'.repeat(10), 'x'.repeat(11))] }), {
      limits: { stringBytes: 10 },
    });
    expect(valuesOf(metric)).toEqual({ p0: 'xxxxxxxxxx' });
    expect(metric.faults).toEqual([{ reason: 'STRING_TOO_LONG', key: 'p1', detail: '11 bytes' }]);
  });

  it('on texts hold for metadata.description too', async () => {
    const described = { name: 'a', datatype: 10, description: 'x'.repeat(11) };
    const metric = await readMetric(encodePayload({ metrics: [described] }), { limits: { stringBytes: 10 } });
    expect(metric.properties).toEqual([]);
    expect(metric.faults).toMatchObject([{ reason: 'STRING_TOO_LONG', key: 'documentation' }]);
  });

  it('on keys hold for keys once joined', async () => {
    const set = [{ key: 'long', type: 3, value: 1 }];
    const properties = [
      { key: 'a', set },
      { key: 'outer', set },
    ];
    const metric = await readMetric(encodePayload({ metrics: [{ name: 'a', datatype: 10, properties }] }), {
      limits: { keyBytes: 8 },
    });
    expect(valuesOf(metric)).toEqual({ 'a/long': 1 });
    expect(metric.faults).toMatchObject([{ reason: 'KEY_TOO_LONG', key: 'outer/long' }]);
  });

  it('on properties keep the first ones, nested ones counted', async () => {
    const numbers = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, type: 3, value: i }));
    const flat = await readMetric(
      encodePayload({ metrics: [{ name: 'a', datatype: 10, properties: numbers(1_200) }] }),
    );
    expect(flat.properties).toHaveLength(1_000);
    expect(flat.properties.at(-1)).toEqual({ key: 'k999', type: 3, value: 999 });
    expect(reasonsOf(flat)).toEqual(['PROPERTIES_TOO_MANY']);

    const list = Array.from({ length: 50 }, () => numbers(50));
    const nested = await readMetric(
      encodePayload({ metrics: [{ name: 'a', datatype: 10, properties: [{ key: 'l', list }] }] }),
    );
    expect(nested.properties).toHaveLength(1_000);
    expect(reasonsOf(nested)).toEqual(['PROPERTIES_TOO_MANY']);
  });

  it('on faults keep the first ones', async () => {
    const bad = Array.from({ length: 500 }, (_, i) => propertyKey(`k${i}`));
    const values = bad.map(() => propertyValue(varint(1, Datatype.Double), varint(7, 1)));
    const metric = await readMetric(payloadOf(metricOf('a', ...bad, ...values)));
    expect(metric.faults).toHaveLength(100);
  });

  it('PROMISE-7 on faults keep one that costs a property, wherever it stands', async () => {
    const odd = Array.from({ length: 150 }, (_, i) => [propertyKey(`k${i}`), propertyValue(varint(3, i))]).flat();
    const bad = [propertyKey('bad'), propertyValue(varint(1, Datatype.Double), varint(7, 1))];
    const more = [propertyKey('odd'), propertyValue(varint(3, 1))];
    const metric = await readMetric(payloadOf(metricOf('a', ...odd, ...bad, ...more)));
    expect(metric.faults).toHaveLength(100);
    expect(metric.faults.at(-1)?.key).toBe('bad');
  });
});
