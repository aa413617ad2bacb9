import { toCanaryValue } from '@uns/uns';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { testStore, type TestStore } from './testing/index.ts';

type Typed = Parameters<typeof toCanaryValue>[0];

const column = {
  string: 'string_value',
  int: 'int_value',
  long: 'long_value',
  float: 'float_value',
  double: 'double_value',
  boolean: 'boolean_value',
};

describe('a stored property as Canary is given it', () => {
  let store: TestStore;

  beforeAll(async () => {
    store = await testStore();
  });
  afterAll(() => store[Symbol.asyncDispose]());

  it('TC-20 TC-04 is the same in SQL and in code, for every type and value', async () => {
    const typed = fc.oneof(
      fc
        .string({ unit: 'binary' })
        .filter((text) => !text.includes('\0') && text.isWellFormed())
        .map((value): Typed => ({ type: 'string', value })),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((value): Typed => ({ type: 'int', value })),
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value): Typed => ({ type: 'long', value })),
      fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n).map((value): Typed => ({ type: 'long', value })),
      fc.float().map((value): Typed => ({ type: 'float', value })),
      fc.double().map((value): Typed => ({ type: 'double', value })),
      fc.boolean().map((value): Typed => ({ type: 'boolean', value })),
    );
    const values = [...fc.sample(typed, { numRuns: 3000, seed: 53 }), ...extremes];
    const rows = values.map(({ type, value }) => ({
      type,
      [column[type]]: typeof value === 'boolean' ? value : String(value),
    }));
    const stored = await store.sql<{ value: unknown }[]>`
      select uns_meta.property_value(jsonb_populate_record(null::uns_meta.metric_properties, row)) as value
      from jsonb_array_elements(${store.sql.json(rows)}) with ordinality as rows (row, place)
      order by place`;
    expect(stored).toHaveLength(values.length);
    for (const [i, given] of values.entries()) {
      expect({ given, value: stored[i]?.value }).toEqual({ given, value: toCanaryValue(given) });
    }
  });
});

const extremes: Typed[] = [
  ...[Number.NaN, Infinity, -Infinity, 0, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** 53, 0.1].map((value): Typed => ({
    type: 'double',
    value,
  })),
  ...[Number.NaN, Infinity, -Infinity, 0, 2 ** -149, Math.fround(0.1), 1048576.25].map((value): Typed => ({
    type: 'float',
    value,
  })),
  ...[2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n)].map((value): Typed => ({
    type: 'long',
    value,
  })),
];
