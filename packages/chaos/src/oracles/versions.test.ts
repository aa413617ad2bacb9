import { describe, expect, it } from '@jest/globals';
import type { Version } from './expected-history.ts';
import { judgeCommitted, judgeVersions } from './versions.ts';

const version = (diff: Version['diff']): Version => ({ metricId: '1', diff, metricDiff: {} });
const now = (properties: Record<string, unknown>) => [
  { metricId: '1', tag: 'S.a', properties: new Map(Object.entries(properties)) },
];
const first = version({ unit: { to: 'a' }, level: { to: 1 } });
const second = version({ unit: { from: 'a', to: 'b' } });
const third = version({ level: { from: 1 } });

describe('the oracle of the record', () => {
  it('lets a record lead to what is', () => {
    expect(judgeVersions([first, second, third], now({ unit: 'b' }))).toEqual([]);
  });

  it.each<[string, Version[], Record<string, unknown>]>([
    ['a change that is missing at the end', [first, second], { unit: 'b' }],
    ['one that is missing between', [first, version({ unit: { from: 'x', to: 'b' } }), third], { unit: 'b' }],
    ['one that is there twice', [first, second, second, third], { unit: 'b' }],
    ['a metric without a record', [], { unit: 'b' }],
  ])('PROMISE-8 finds %s', (_what, versions, properties) => {
    expect(judgeVersions(versions, now(properties))).toMatchObject([{ oracle: 'versions', tag: 'S.a' }]);
  });

  it('PROMISE-8 finds a committed change that no version tells of', () => {
    const tags = new Map([['1', 'S.a']]);
    const change = (value: unknown) => ({ tag: 'S.a', property: 'unit', value });
    expect(judgeCommitted([change('a'), change('b')], [first, second], tags)).toEqual([]);
    expect(judgeCommitted([change('a'), change('lost')], [first, second], tags)).toMatchObject([{ property: 'unit' }]);
  });
});
