import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Datatype } from '../datatype.ts';
import { encodePayload } from '../encode/birth.ts';
import type { PropertyInput } from '../encode/input.ts';
import type { BirthMetric } from '../metric.ts';
import { readBirth } from '../testing/read-birth.ts';

const KEYS = ['engUnit', 'engUni', 'engLow', 'a', 'b', 'ab', ''];
const VALUES: { type: number; value: string | number | boolean | null }[] = [
  { type: Datatype.String, value: 'kcal/kg' },
  { type: Datatype.String, value: 'kcal/kh' },
  { type: Datatype.String, value: 'Kcal/kg' },
  { type: Datatype.String, value: 'kcal' },
  { type: Datatype.Text, value: 'kcal' },
  { type: Datatype.String, value: '' },
  { type: Datatype.Int32, value: 0 },
  { type: Datatype.Int32, value: 192 },
  { type: Datatype.UInt16, value: 192 },
  { type: Datatype.Boolean, value: true },
  { type: Datatype.String, value: null },
  { type: Datatype.String, value: 'Pressure at the kiln inlet, left' },
  { type: Datatype.String, value: 'Pressure at the mill inlet, left' },
  { type: Datatype.String, value: 'Pressure at the kiln inlet, lest' },
  { type: Datatype.String, value: 'Pressure at the kiln inlet, as the one on the left, corrected for height' },
];

/** Few keys and values, in sets that begin alike: what a reading remembers of them comes up all the time. */
const property = fc.record({ key: fc.constantFrom(...KEYS), given: fc.constantFrom(...VALUES) });
const metric = fc.array(property, { maxLength: 6 });

function toInput(properties: { key: string; given: (typeof VALUES)[number] }[]): PropertyInput[] {
  return properties.map(({ key, given }) => ({ key, ...given }));
}

async function read(metrics: PropertyInput[][]): Promise<BirthMetric[]> {
  const payload = encodePayload({ metrics: metrics.map((properties) => ({ name: 'tag', datatype: 10, properties })) });
  return (await readBirth(payload)).metrics;
}

describe('what a reading remembers', () => {
  it('changes nothing: a metric reads the same among many as alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(metric, { minLength: 1, maxLength: 20 }), async (some) => {
        const metrics = some.map(toInput);
        // Three times over, so that everything has been met before.
        const together = await read([...metrics, ...metrics, ...metrics]);
        const alone = await Promise.all(metrics.map(async (properties) => (await read([properties]))[0]));
        expect(together.map((one) => ({ ...one, ordinal: 0 }))).toEqual([...alone, ...alone, ...alone]);
      }),
      { numRuns: 200 },
    );
  });

  it('is bounded: more keys, sets and values than there is room for read like few', async () => {
    const metrics = Array.from({ length: 9_000 }, (_, i) => [
      { key: `key ${i % 5_000}`, type: Datatype.String, value: `value ${i}` },
      { key: 'engUnit', type: Datatype.Double, value: i % 6_000 },
      { key: `key ${i % 5_000}`, type: Datatype.Int32, value: i },
    ]);
    const got = await read([...metrics, ...metrics]);
    const expected = metrics.map((properties, i) => [
      [`key ${i % 5_000}`, i],
      ['engUnit', properties[1]?.value],
    ]);
    expect(got.map((one) => !one.rejected && one.properties.map(({ key, value }) => [key, value]))).toEqual([
      ...expected,
      ...expected,
    ]);
  });

  it('does not undo a limit: a metric with too many properties has too many each time', async () => {
    const keys = Array.from({ length: 8 }, (_, i) => `k${i}`);
    const crowded = [
      { key: 'n', set: keys.map((key) => ({ key, type: Datatype.Int32, value: 1 })) },
      ...keys.map((key) => ({ key, type: Datatype.Int32, value: 1 })),
    ];
    const payload = encodePayload({
      metrics: [crowded, crowded, crowded].map((properties) => ({ name: 'tag', datatype: 10, properties })),
    });
    const { metrics } = await readBirth(payload, { limits: { properties: 10 } });
    expect(
      metrics.map((one) => !one.rejected && [one.properties.length, one.faults.map(({ reason }) => reason)]),
    ).toEqual(Array.from({ length: 3 }, () => [10, ['PROPERTIES_TOO_MANY']]));
  });
});
