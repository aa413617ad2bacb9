import { describe, expect, it } from '@jest/globals';
import { shortcomings, summaryOf, type Summary } from './summary.ts';
import { exampleFigures } from './testing/example-figures.ts';

describe('the summary of a demo', () => {
  it('has exactly the keys that are promised, in one line', () => {
    const parity = { matched: 4399, total: 4400, differences: ['Secil.a: Canary has no such tag'] };
    expect(JSON.stringify(summaryOf(exampleFigures(), parity, 41_234))).toBe(
      '{"births":15,"metrics":4401,"properties":38113,"requests":131,"maxRequestsPerSecond":31,"status429":0,"tvqs":0,' +
        '"parity":{"matched":4399,"total":4400},"seconds":41.2}',
    );
  });

  const good: Summary = {
    births: 5,
    metrics: 10,
    properties: 80,
    requests: 3,
    maxRequestsPerSecond: 3,
    status429: 0,
    tvqs: 0,
    parity: { matched: 10, total: 10 },
    seconds: 40,
  };

  it('is a success when all metrics match and nothing was refused or written into history', () => {
    expect(shortcomings(good)).toEqual([]);
  });

  it.each<[string, Partial<Summary>]>([
    ['nothing was compared', { parity: { matched: 0, total: 0 } }],
    ['a metric differs', { parity: { matched: 9, total: 10 } }],
    ['a request was refused', { status429: 1 }],
    ['a point was written', { tvqs: 1 }],
  ])('is no success when %s', (_what, change) => {
    expect(shortcomings({ ...good, ...change })).toHaveLength(1);
  });
});
