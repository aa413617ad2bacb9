import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Datatype } from './datatype.ts';
import { encodeBirth } from './encode/birth.ts';
import type { MetricInput, PropertyInput } from './encode/input.ts';
import type { DecodedMetric, DecodedProperty } from './metric.ts';
import { readBirth } from './testing/read-birth.ts';

const D = Datatype;

/** Any text a birth may carry; NUL is the decoder's to refuse. */
const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes('\0'));
const keyText = text.filter((value) => value !== '');

function integer(bits: number, signed: boolean): fc.Arbitrary<bigint> {
  const span = 2n ** BigInt(bits);
  return fc.bigInt(signed ? { min: -span / 2n, max: span / 2n - 1n } : { min: 0n, max: span - 1n });
}

/** As the decoder gives integers: a number where it is exact. */
function asDecoded(value: bigint): number | bigint {
  return value >= -(2n ** 53n) + 1n && value <= 2n ** 53n - 1n ? Number(value) : value;
}

const INTEGERS: [number, fc.Arbitrary<bigint>][] = [
  [D.Int8, integer(8, true)],
  [D.Int16, integer(16, true)],
  [D.Int32, integer(32, true)],
  [D.Int64, integer(64, true)],
  [D.UInt8, integer(8, false)],
  [D.UInt16, integer(16, false)],
  [D.UInt32, integer(32, false)],
  [D.UInt64, integer(64, false)],
  [D.DateTime, integer(64, false)],
];

/** A property as it is encoded, and as it comes back; its key is put in later. */
const scalar: fc.Arbitrary<{ sent: { type: number; value: string | bigint | number | boolean }; got: unknown }> =
  fc.oneof(
    ...INTEGERS.map(([type, values]) => values.map((value) => ({ sent: { type, value }, got: asDecoded(value) }))),
    fc
      .constantFrom(D.String, D.Text, D.UUID)
      .chain((type) => text.map((value) => ({ sent: { type, value }, got: value }))),
    fc.double().map((value) => ({ sent: { type: D.Double, value }, got: value })),
    fc.float().map((value) => ({ sent: { type: D.Float, value }, got: value })),
    fc.boolean().map((value) => ({ sent: { type: D.Boolean, value }, got: value })),
  );

const bytes = fc
  .record({ type: fc.constantFrom(D.Bytes, D.File), value: fc.uint8Array({ maxLength: 20 }) })
  .map((sent) => ({ sent, got: Buffer.from(sent.value).toString('base64') }));

const array = fc.array(fc.nat(255), { maxLength: 9 }).map((value) => ({ datatype: D.UInt8Array, value }));

const property = fc.record({ key: keyText, scalar: fc.oneof({ weight: 9, arbitrary: scalar }, bytes) });

interface Case {
  metrics: MetricInput[];
  expected: Omit<DecodedMetric, 'rejected' | 'ordinal' | 'faults'>[];
}

const metricCase = fc.record({
  naming: fc.oneof(
    fc.record({ name: keyText, alias: fc.option(integer(64, false)) }),
    fc.record({ name: fc.constant(null), alias: integer(64, false) }),
  ),
  value: fc.oneof(
    scalar.map(({ sent: { type, value } }) => ({ datatype: type, value })),
    array,
    fc.constantFrom(D.Double, D.DataSet, D.Template).map((datatype) => ({ datatype, value: null })),
  ),
  flags: fc.record({ isHistorical: fc.boolean(), isTransient: fc.boolean() }, { requiredKeys: [] }),
  description: fc.option(text),
  properties: fc.uniqueArray(property, { selector: ({ key }) => key, maxLength: 12 }),
  nullKeys: fc.uniqueArray(keyText, { maxLength: 2 }),
});

const birthCase: fc.Arbitrary<Case> = fc.array(metricCase, { maxLength: 30 }).map((cases) => ({
  metrics: cases.map(({ naming: { name, alias }, value, flags, description, properties, nullKeys }) => {
    const used = new Set(properties.map(({ key }) => key));
    const nulls = nullKeys.filter((key) => !used.has(key)).map((key) => ({ key, type: D.String, value: null }));
    const sent: PropertyInput[] = properties.map(({ key, scalar: { sent: given } }) => ({ key, ...given }));
    return {
      ...(name === null ? {} : { name }),
      ...(alias === null ? {} : { alias }),
      ...value,
      ...flags,
      ...(description === null ? {} : { description }),
      properties: [...sent, ...nulls],
    };
  }),
  expected: cases.map(({ naming: { name, alias }, value, flags, description, properties }) => {
    const expected = properties.map(({ key, scalar: { sent, got } }) => {
      return { key, type: sent.type, value: got } as DecodedProperty;
    });
    if (description !== null && !expected.some(({ key }) => key === 'documentation')) {
      expected.push({ key: 'documentation', type: D.String, value: description });
    }
    return {
      name,
      alias: alias === null ? null : String(alias),
      datatype: value.datatype,
      isHistorical: flags.isHistorical ?? false,
      isTransient: flags.isTransient ?? false,
      isNull: value.value === null,
      properties: expected,
    };
  }),
}));

describe('encode and decode', () => {
  it.each(['none', 'gzip', 'deflate'] as const)('CT-01 give any birth back, compression: %s', async (compression) => {
    await fc.assert(
      fc.asyncProperty(birthCase, integer(64, false), fc.nat(255), async ({ metrics, expected }, timestamp, seq) => {
        const {
          metrics: got,
          header,
          error,
        } = await readBirth(await encodeBirth({ timestamp, seq, metrics }, { compression }));
        expect(error).toBeNull();
        expect(header).toMatchObject({ timestamp, seq, compression, metricCount: metrics.length });
        expect(got).toEqual(expected.map((metric) => expect.objectContaining({ ...metric, faults: [] })));
      }),
      { numRuns: compression === 'none' ? 150 : 40 },
    );
  });

  it('CT-01 nested sets come back flat, in order', async () => {
    const { tree } = fc.letrec<{ tree: PropertyInput[] }>((tie) => ({
      tree: fc.uniqueArray(
        fc.oneof(
          { maxDepth: 4 },
          fc.record({ key: fc.stringMatching(/^[a-z]{1,5}$/), type: fc.constant(D.Int32), value: fc.nat(100) }),
          fc.record({ key: fc.stringMatching(/^[a-z]{1,5}$/), set: tie('tree') }),
          fc.record({ key: fc.stringMatching(/^[a-z]{1,5}$/), list: fc.array(tie('tree'), { maxLength: 3 }) }),
        ),
        { selector: (entry) => entry.key, maxLength: 4 },
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (properties) => {
        const payload = await encodeBirth({ metrics: [{ name: 'tag', datatype: D.Double, properties }] });
        const { metrics } = await readBirth(payload);
        expect(metrics).toMatchObject([{ properties: flatten(properties, ''), faults: [] }]);
      }),
    );
  });
});

function flatten(properties: readonly PropertyInput[], prefix: string): unknown[] {
  return properties.flatMap((entry): unknown[] => {
    const key = prefix + entry.key;
    if ('set' in entry) return flatten(entry.set, `${key}/`);
    if ('list' in entry) return entry.list.flatMap((set, index) => flatten(set, `${key}/${index}/`));
    return [{ key, type: entry.type, value: entry.value }];
  });
}
