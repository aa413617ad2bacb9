import { describe, expect, it } from '@jest/globals';
import { Plant } from '../plant/plant.ts';
import { judgePlant, type StoredMetric } from './plant.ts';

describe('the oracle of the plant', () => {
  const plant = new Plant(['Kiln']);
  plant.apply('Kiln', { edit: 'add', tag: 'a/b', properties: [['level', 1]] });
  const stored = (metric: Partial<StoredMetric>): StoredMetric => ({
    device: 'Kiln',
    name: 'a/b',
    retired: false,
    properties: new Map([['level', 1]]),
    ...metric,
  });

  it('lets the store have what the plant has, and retired metrics besides', () => {
    expect(judgePlant(plant, [stored({}), stored({ name: 'old', retired: true })])).toEqual([]);
  });

  it.each<[string, StoredMetric[], object]>([
    ['a metric that is missing', [], { property: null }],
    ['one that is retired', [stored({ retired: true })], { property: null }],
    ['a lost change', [stored({ properties: new Map([['level', 0]]) })], { detail: 'the plant has 1, the store has 0' }],
    ['a removal that was lost', [stored({ properties: new Map([['level', 1], ['tip', 2]]) })], { property: 'tip' }],
    ['a metric too many', [stored({}), stored({ name: 'old' })], { tag: 'Chaos.Plant.Kiln.old' }],
  ])('PROMISE-1 finds %s', (_what, metrics, finding) => {
    expect(judgePlant(plant, metrics)).toMatchObject([{ oracle: 'plant', ...finding }]);
  }); // prettier-ignore
});
