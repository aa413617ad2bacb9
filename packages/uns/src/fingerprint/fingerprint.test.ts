import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { TypedProperty, TypedValue } from '../typing/typed-property.ts';
import { defaultPathRules } from '../path-rules/default-rule.ts';
import { createPathMapper } from '../path-rules/path-mapper.ts';
import { createBirthFingerprint } from './birth-fingerprint.ts';
import { canonicalFormVersion } from './canonical-form.ts';
import { createMetricFingerprint, type FingerprintedMetric } from './metric-fingerprint.ts';
import { hashProperty } from './property-hash.ts';

const fingerprint = createMetricFingerprint({ volatile: ['Quality'] });
const hex = (metric: FingerprintedMetric): string => fingerprint(metric).toString('hex');

function typed(key: string, value: TypedValue): TypedProperty {
  return { key, ...value, hash: hashProperty(key, value.type, value.value) };
}

const metric: FingerprintedMetric = {
  name: 'Kiln/SHC',
  unsPath: 'Secil/Portugal/Cement/Kiln/SHC',
  datatype: 10,
  properties: [
    typed('engUnit', { type: 'string', value: 'kcal/kg' }),
    typed('engLow', { type: 'double', value: 0 }),
    typed('retained', { type: 'boolean', value: true }),
  ],
};

const text = fc.string({ unit: fc.constantFrom('a', 'b', '\u0001', '\0', '窑', '__proto__'), maxLength: 10 });
const typedValue: fc.Arbitrary<TypedValue> = fc.oneof(
  fc.record({ type: fc.constant('int' as const), value: fc.integer({ min: -2, max: 2 }) }),
  fc.record({
    type: fc.constant('long' as const),
    value: fc.oneof(fc.integer({ min: -2, max: 2 }), fc.bigInt(2n ** 60n, 2n ** 60n + 2n)),
  }),
  fc.record({
    type: fc.constantFrom('float' as const, 'double' as const),
    value: fc.constantFrom(0, 0.5, -2, 2 ** 32, Number.NaN, Infinity),
  }),
  fc.record({ type: fc.constant('string' as const), value: text }),
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
);
const property: fc.Arbitrary<TypedProperty> = fc.tuple(text, typedValue).map(([key, value]) => typed(key, value));
const metrics: fc.Arbitrary<FingerprintedMetric> = fc.record({
  name: text,
  unsPath: text,
  datatype: fc.integer({ min: 9, max: 10 }),
  properties: fc.uniqueArray(property, { selector: ({ key }) => key, maxLength: 4 }),
});

const withDouble = (value: number): FingerprintedMetric => ({
  ...metric,
  properties: [typed('x', { type: 'double', value })],
});

/** What the fingerprint must tell apart, written out. */
function canonical({ name, unsPath, datatype, properties }: FingerprintedMetric): string {
  const rows = properties.map(({ key, type, value }) => JSON.stringify([key, type, String(value)])).toSorted();
  return JSON.stringify([name, unsPath, datatype, rows]);
}

describe('the fingerprint of a metric', () => {
  it('TC-03 does not depend on the order of the properties', () => {
    fc.assert(
      fc.property(metrics, fc.array(fc.nat(), { minLength: 4 }), (given, ranks) => {
        const shuffled = given.properties
          .map((each, i) => ({ each, rank: ranks[i] ?? 0 }))
          .toSorted((a, b) => a.rank - b.rank)
          .map(({ each }) => each);
        expect(hex({ ...given, properties: shuffled })).toBe(hex(given));
      }),
    );
  });

  it('TC-03 differs exactly when what is stored differs', () => {
    fc.assert(
      fc.property(metrics, metrics, (one, other) => {
        expect(hex(one) === hex(other)).toBe(canonical(one) === canonical(other));
      }),
      { numRuns: 5000 },
    );
  });

  it('TC-03 moves with every part of the metric', () => {
    const [unit, low, retained] = metric.properties;
    if (unit === undefined || low === undefined || retained === undefined) throw new Error('the metric has three');
    const changed: FingerprintedMetric[] = [
      { ...metric, name: 'Kiln/SHD' },
      { ...metric, unsPath: 'Secil/Portugal/Cement/Kiln/SHD' },
      { ...metric, unsPath: 'Secil/Portugal/Lime/Kiln/SHC' },
      { ...metric, datatype: 9 },
      { ...metric, properties: [unit, low] },
      { ...metric, properties: [...metric.properties, typed('', { type: 'string', value: '' })] },
      { ...metric, properties: [typed('engUnit', { type: 'string', value: 'kcal/kG' }), low, retained] },
      { ...metric, properties: [typed('engUnits', { type: 'string', value: 'kcal/kg' }), low, retained] },
      { ...metric, properties: [unit, typed('engLow', { type: 'float', value: 0 }), retained] },
      { ...metric, properties: [unit, typed('engLow', { type: 'int', value: 0 }), retained] },
      { ...metric, properties: [unit, typed('engLow', { type: 'double', value: 5e-324 }), retained] },
      { ...metric, properties: [unit, low, typed('retained', { type: 'boolean', value: false })] },
    ];
    expect(new Set([metric, ...changed].map(hex)).size).toBe(changed.length + 1);
  });

  it('TC-03 leaves volatile properties out, present or not', () => {
    const bad: TypedProperty = typed('Quality', { type: 'int', value: -2147483132 });
    const good: TypedProperty = typed('Quality', { type: 'int', value: 192 });
    expect(hex({ ...metric, properties: [bad, ...metric.properties] })).toBe(hex(metric));
    expect(hex({ ...metric, properties: [...metric.properties, good] })).toBe(hex(metric));
    const strict = createMetricFingerprint({ volatile: [] });
    expect(strict({ ...metric, properties: [good] })).not.toEqual(strict({ ...metric, properties: [bad] }));
  });

  it('TC-03 is the same in every release that does not raise its version', () => {
    expect(hex(metric)).toBe('8af6d22417a1a55b8c1311b02635fe6f');
  });

  it('TC-03 knows only one NaN', () => {
    const payload = new Float64Array(new BigUint64Array([0xfff8_0000_0000_1234n]).buffer)[0] ?? 0;
    expect(hex(withDouble(payload))).toBe(hex(withDouble(Number.NaN)));
  });

  it('TC-03 is the same with the prefix that the mapper tells, and without it', () => {
    const mapper = createPathMapper(defaultPathRules);
    const name = fc.string({ unit: fc.constantFrom('a', '/', ' ', '%', 'é'), minLength: 1 });
    fc.assert(
      fc.property(name, fc.constantFrom('d', 'e'), (given, device) => {
        const path = mapper.metric({ group: 'g', edge: 'e', device, name: given });
        fc.pre(path.ok);
        const { unsPath, prefix } = path;
        expect(hex({ ...metric, name: given, unsPath, prefix })).toBe(hex({ ...metric, name: given, unsPath }));
      }),
    );
  });
});

function birth(parts: readonly Buffer[], version = 'v'): string {
  const whole = createBirthFingerprint(version);
  for (const part of parts) whole.add(part);
  return whole.digest().toString('hex');
}

describe('the fingerprint of a birth', () => {
  const part = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes));
  const [a, b] = [fingerprint(metric), fingerprint({ ...metric, name: 'other' })];

  it('TC-03 does not depend on the order of the metrics', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => expect(birth(parts)).toBe(birth(parts.toReversed()))),
    );
  });

  it('TC-03 counts metrics: what comes twice does not cancel', () => {
    expect(
      new Set([birth([]), birth([a]), birth([a, a]), birth([a, a, a]), birth([b]), birth([a, b]), birth([a, a, b, b])])
        .size,
    ).toBe(7);
    expect(birth([Buffer.alloc(16)])).not.toBe(birth([]));
  });

  it('TC-03 moves with the version of the canonical form', () => {
    expect(birth([a], 'v')).not.toBe(birth([a], 'w'));
  });

  it('TC-03 may be asked for on the way, and takes nothing but fingerprints', () => {
    const whole = createBirthFingerprint('v');
    whole.add(a);
    expect(whole.digest()).toEqual(whole.digest());
    whole.add(b);
    expect(whole.digest().toString('hex')).toBe(birth([b, a]));
    expect(() => whole.add(Buffer.alloc(15))).toThrow(RangeError);
  });
});

describe('the version of the canonical form', () => {
  it('TC-03 moves with the rules and the volatile properties, not with their order', () => {
    const version = canonicalFormVersion({ rulesDigest: 'r', volatile: ['Quality', 'x'] });
    expect(canonicalFormVersion({ rulesDigest: 'r', volatile: ['x', 'Quality', 'x'] })).toBe(version);
    expect(canonicalFormVersion({ rulesDigest: 's', volatile: ['Quality', 'x'] })).not.toBe(version);
    expect(canonicalFormVersion({ rulesDigest: 'r', volatile: ['Quality'] })).not.toBe(version);
  });
});
