import { describe, expect, it } from '@jest/globals';
import { expectedHistories, type Version } from './expected-history.ts';
import { judgeOrder } from './order.ts';

const set = (metricId: string, key: string, to: unknown): Version => ({
  metricId,
  diff: { [key]: { to } },
  metricDiff: {},
});
const unset = (metricId: string, key: string): Version => ({ metricId, diff: { [key]: { from: 0 } }, metricDiff: {} });
const move = (metricId: string, from: string, to: string): Version => ({
  metricId,
  diff: {},
  metricDiff: { uns_path: { from, to } },
});
const points = (...values: unknown[]) => ({
  unit: values.map((value, n) => ({ value, timestamp: `2026-01-01T00:00:00.000000${n}Z` })),
});

describe('what a tag has been', () => {
  const histories = (versions: Version[], paths: [string, string][]) =>
    Object.fromEntries(
      [...expectedHistories(versions, new Map(paths), new Set(['Quality']))].map(([tag, keys]) => [
        tag,
        Object.fromEntries(keys),
      ]),
    );

  it('is what its metric was, removals and no volatile properties', () => {
    const versions = [set('1', 'unit', 'a'), set('1', 'Quality', 1), unset('1', 'unit'), set('1', 'unit', 'b')];
    expect(histories(versions, [['1', 'S/a']])).toEqual({ 'S.a': { unit: ['a', '', 'b'] } });
  });

  it('follows the metrics that had its path, one after the other', () => {
    const versions = [
      set('1', 'unit', 'a'),
      set('1', 'tip', 'x'),
      set('2', 'unit', 'b'),
      move('1', 'S/a', 'S/b'),
      move('2', 'S/b', 'S/a'),
    ];
    expect(histories(versions, [['1', 'S/b'], ['2', 'S/a']])).toEqual({
      'S.a': { unit: ['a', 'b'], tip: ['x', ''] },
      'S.b': { unit: ['b', 'a'], tip: ['x'] },
    }); // prettier-ignore
  });

  it('counts what a former metric had as removed when a new one begins there', () => {
    const versions = [set('1', 'tip', 'x'), move('1', 'S/a', 'S/b'), set('2', 'unit', 'c')];
    expect(histories(versions, [['1', 'S/b'], ['2', 'S/a']])['S.a']).toEqual({ tip: ['x', ''], unit: ['c'] }); // prettier-ignore
  });
});

describe('the oracle of the order', () => {
  const expected = expectedHistories(
    ['a', 'b', 'c', 'b'].map((value) => set('1', 'unit', value)),
    new Map([['1', 'S/a']]),
    new Set(),
  );
  const judge = (...values: unknown[]) => judgeOrder('S.a', points(...values), expected);

  it.each([[['a', 'b', 'c', 'b']], [['b']], [['c', 'b']], [['b', 'b']], [['', 'b']], [[]]])(
    'lets Canary have taken %j',
    (values) => {
      expect(judge(...values)).toEqual([]);
    },
  );

  it.each([
    ['PROMISE-2 stale', ['c', 'a'], 'the store had it before what Canary showed before'],
    ['PROMISE-3 twice', ['a', 'a'], 'it is there twice, and the store had it once'],
    ['PROMISE-2 removed and was not', ['a', ''], 'the store had it before what Canary showed before'],
    ['invented', ['a', 'never'], 'the store never had it'],
  ])('finds a value that is %s', (_what, values, detail) => {
    const [finding] = judge(...values);
    expect(finding).toMatchObject({ oracle: 'order', tag: 'S.a', property: 'unit' });
    expect(finding?.detail).toContain(detail);
  });
});
