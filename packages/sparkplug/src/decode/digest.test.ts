import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Datatype } from '../datatype.ts';
import { encodeBirth, encodePayload } from '../encode/birth.ts';
import type { MetricInput, PropertyInput } from '../encode/input.ts';
import { mutated } from '../fuzz/mutate.ts';
import { randomIntegers } from '../fuzz/random.ts';
import type { BirthMetric } from '../metric.ts';
import { FIXTURES } from '../testing/fixtures/all.ts';
import { readBirth } from '../testing/read-birth.ts';
import { openBirth } from './birth.ts';

const unit = (value: string): PropertyInput => ({ key: 'engUnit', type: Datatype.String, value });
const metric = (name: string, more: Partial<MetricInput> = {}): MetricInput => ({
  name,
  datatype: Datatype.Double,
  value: 1,
  properties: [unit('bar')],
  ...more,
});

async function digestOf(metrics: MetricInput[], timestamp = 1n, compression: 'none' | 'gzip' = 'none') {
  const payload = await encodeBirth({ timestamp, seq: 3, metrics }, { compression });
  const digest = await openBirth(payload).digest();
  return digest?.toString('hex') ?? null;
}

const plain = [metric('A'), metric('B', { alias: 2n })];

describe('the digest of a birth', () => {
  it.each<[what: string, birth: MetricInput[]]>([
    ['its values', [metric('A', { value: 2 }), metric('B', { alias: 2n, value: 3 })]],
    ['the times of its metrics', [metric('A', { timestamp: 7n }), metric('B', { alias: 2n, timestamp: 8n })]],
  ])('TC-03 does not depend on %s', async (_what, birth) => {
    expect(await digestOf(birth, 99n, 'gzip')).toBe(await digestOf(plain));
  });

  it.each<[what: string, birth: MetricInput[]]>([
    ['a name', [metric('A'), metric('b', { alias: 2n })]],
    ['an alias', [metric('A'), metric('B', { alias: 3n })]],
    ['a datatype', [metric('A', { datatype: Datatype.Float }), metric('B', { alias: 2n })]],
    ['a value of a property', [metric('A', { properties: [unit('mbar')] }), metric('B', { alias: 2n })]],
    ['a property more', [metric('A', { properties: [unit('bar'), unit('bar')] }), metric('B', { alias: 2n })]],
    ['a metric less', [metric('A')]],
    ['a null, which means something of a data set', [metric('A', { value: null }), metric('B', { alias: 2n })]],
    ['a metric twice', [...plain, metric('B', { alias: 2n })]],
    ['a mark of history', [metric('A', { isHistorical: true }), metric('B', { alias: 2n })]],
    ['one metric made of two', [metric('A', { alias: 2n })]],
  ])('TC-03 tells %s', async (_what, birth) => {
    expect(await digestOf(birth)).not.toBe(await digestOf(plain));
    expect(await digestOf(birth)).not.toBeNull();
  });

  it('TC-03 reads the header as reading the metrics does', async () => {
    const payload = await encodeBirth({ timestamp: 5n, seq: 9, metrics: plain }, { compression: 'gzip' });
    const [glance, reading] = [openBirth(payload), await readBirth(payload)];
    await glance.digest();
    expect(glance.header).toEqual(reading.header);
  });

  it('TC-03 is that of the whole birth, wherever chunks end', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => metric(`Kiln/Temperature ${i}`, { value: i }));
    const large = metric('large', { properties: [unit('x'.repeat(70_000))] });
    const digests = new Set([await digestOf([...many, large]), await digestOf([...many, large], 2n, 'gzip')]);
    expect(digests.size).toBe(1);
    expect(await digestOf([...many.slice(0, -1), metric('Kiln/Temperature x'), large])).not.toBe([...digests][0]);
  });

  it.each([
    ['no bytes', Buffer.alloc(0)],
    ['no metrics', encodePayload({ timestamp: 1n, seq: 0, metrics: [] })],
    ['a cut birth', encodePayload({ timestamp: 1n, seq: 0, metrics: plain }).subarray(0, -3)],
    ['a metric that ends within a field', Buffer.from([0x12, 0x02, 0x0a, 0x05])],
    ['a body that is no body', gzipSync(Buffer.from('nothing'))],
    [
      'a data set, whose value is metadata',
      encodePayload({
        timestamp: 1n,
        seq: 0,
        metrics: [
          { name: 'D', datatype: Datatype.DataSet, value: { columns: ['a'], types: [Datatype.Int32], rows: [[1]] } },
        ],
      }),
    ],
  ])('TC-03 is not given for %s', async (_what, payload) => {
    expect(await openBirth(payload).digest()).toBeNull();
  });

  it('TC-03 is not given beyond the limits of metrics', async () => {
    const payload = await encodeBirth({ timestamp: 1n, seq: 0, metrics: plain });
    expect(await openBirth(payload, { limits: { metrics: 1 } }).digest()).toBeNull();
    expect(await openBirth(payload, { limits: { metricBytes: 10 } }).digest()).toBeNull();
  });

  it('TC-03 stops when told to', async () => {
    const metrics = Array.from({ length: 5_000 }, (_, i) => metric(`Kiln/Temperature ${i}`));
    const payload = await encodeBirth({ timestamp: 1n, seq: 0, metrics });
    await expect(openBirth(payload).digest(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  });

  it('TC-03 is the same for two payloads only if all that is told of their metrics is', async () => {
    const integer = randomIntegers(11);
    const byDigest = new Map<string, Set<string>>();
    const payloads = FIXTURES.map(({ payload }) => payload);
    let met = 0;
    for (let i = 0; i < 3_000; i++) {
      const payload = mutated(payloads, integer);
      const digest = (await openBirth(payload).digest())?.toString('hex');
      if (digest === undefined) continue;
      const { metrics, error } = await readBirth(payload);
      expect(error).toBeNull();
      const told = byDigest.get(digest) ?? new Set();
      met += told.size;
      byDigest.set(digest, told.add(tellable(metrics)));
    }
    expect(byDigest.size).toBeGreaterThan(100);
    expect(met).toBeGreaterThan(20);
    for (const told of byDigest.values()) expect(told.size).toBe(1);
  });

  it('TC-03 is the same for births that differ in values and times only', async () => {
    const value = fc.record({ value: fc.double(), timestamp: fc.bigInt(0n, 2n ** 63n) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }), async (values) => {
        const births = [0, 1].map((side) => values.map((pair, i) => metric(`M${i}`, side === 0 ? pair[0] : pair[1])));
        const [one = [], other = []] = births;
        expect(await digestOf(one)).toBe(await digestOf(other));
      }),
      { numRuns: 50 },
    );
  });
});

/** All that is told of metrics. */
function tellable(metrics: readonly BirthMetric[]): string {
  return JSON.stringify(metrics, (key, value: unknown) => {
    if (key === 'memo') return undefined;
    return typeof value === 'bigint' || Object.is(value, -0) || typeof value === 'number'
      ? `number ${String(value)}`
      : value;
  });
}
