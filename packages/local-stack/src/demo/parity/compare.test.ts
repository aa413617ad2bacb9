import { describe, expect, it } from '@jest/globals';
import { compareMetrics, type DesiredMetric, type HeldProperties } from './compare.ts';

const metric = (canaryId: string, properties: DesiredMetric['properties']): DesiredMetric => ({ canaryId, properties });
const held = (tags: Record<string, [string, unknown][]>): Map<string, HeldProperties> =>
  new Map(Object.entries(tags).map(([tag, properties]) => [tag, new Map(properties)]));

describe('parity of the store and Canary', () => {
  const kiln = metric('Secil.Kiln', [
    ['engUnit', '°C'],
    ['engHigh', 1450.5],
    ['retained', false],
    ['documentation', ''],
  ]);
  const same: [string, unknown][] = [
    ['documentation', ''],
    ['engHigh', 1450.5],
    ['retained', false],
    ['engUnit', '°C'],
  ];

  it('holds when every property of every metric is the same, in any order and dataset', () => {
    expect(compareMetrics([kiln, metric('Secil2.Mill', [])], held({ Kiln: same, Mill: [] }), 5)).toEqual({
      matched: 2,
      total: 2,
      differences: [],
    });
  });

  it('takes an empty string for a property that was removed', () => {
    expect(compareMetrics([kiln], held({ Kiln: [...same, ['tooltip', '']] }), 5).matched).toBe(1);
  });

  it.each<[string, [string, unknown][], string]>([
    ['another value', [...same, ['engUnit', 'K']], 'Secil.Kiln: engUnit is "°C" in PostgreSQL and "K" in Canary'],
    [
      'the value as text',
      [...same, ['engHigh', '1450.5']],
      'Secil.Kiln: engHigh is 1450.5 in PostgreSQL and "1450.5" in Canary',
    ],
    ['false for a number', [...same, ['retained', 0]], 'Secil.Kiln: retained is false in PostgreSQL and 0 in Canary'],
    [
      'an empty string that is missing',
      same.slice(1),
      'Secil.Kiln: documentation is "" in PostgreSQL and not in Canary',
    ],
    ['one property too many', [...same, ['UoM', 'C']], 'Secil.Kiln: UoM is not in PostgreSQL and "C" in Canary'],
  ])('is broken by %s', (_what, properties, difference) => {
    expect(compareMetrics([kiln], held({ Kiln: properties }), 5)).toEqual({
      matched: 0,
      total: 1,
      differences: [difference],
    });
  });

  it('is broken by a tag that Canary does not have', () => {
    expect(compareMetrics([kiln], held({}), 5).differences).toEqual(['Secil.Kiln: Canary has no such tag']);
  });

  it('counts all and names a few', () => {
    const many = Array.from({ length: 10 }, (_, index) => metric(`Secil.${index}`, []));
    expect(compareMetrics(many, held({ '3': [] }), 2)).toEqual({
      matched: 1,
      total: 10,
      differences: ['Secil.0: Canary has no such tag', 'Secil.1: Canary has no such tag'],
    });
  });

  it('shortens values, which come from the wire', () => {
    const [difference] = compareMetrics([metric('S.a', [['k', 'x'.repeat(5000)]])], held({ a: [] }), 1).differences;
    expect(difference?.length).toBeLessThan(150);
  });

  it('is not fooled by keys that objects know', () => {
    const tricky = metric('S.a', [['__proto__', 1], ['constructor', 'x']]); // prettier-ignore
    expect(compareMetrics([tricky], held({ a: [] }), 5).differences).toEqual([
      'S.a: __proto__ is 1 in PostgreSQL and not in Canary; and 1 more',
    ]);
  });
});
