import { describe, expect, it } from '@jest/globals';
import { alternate, medianRatio } from './alternate.ts';
import { median, rounded } from './median.ts';

describe('figures', () => {
  it('takes the middle, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 10, 2])).toBe(3);
    expect(() => median([])).toThrow(RangeError);
  });

  it('compares pair by pair, so that a slow moment hits both', () => {
    expect(medianRatio([2, 200, 3], [1, 100, 2])).toBe(2);
    expect(() => medianRatio([1, 2], [1])).toThrow(RangeError);
  });

  it('rounds to what a figure is worth', () => {
    expect(rounded(1.23456)).toBe(1.235);
    expect(rounded(1234.5, 0)).toBe(1235);
  });

  it('measures in turns, and does not count the pair that warms up', async () => {
    const order: string[] = [];
    const measure = (name: string) => (run: number) => {
      order.push(`${name}${run}`);
      return Promise.resolve(run);
    };
    const { signal } = new AbortController();
    const pairs = await alternate({ runs: 2, warmUp: true, ours: measure('a'), theirs: measure('b'), signal });
    expect(order).toEqual(['a-1', 'b-1', 'a0', 'b0', 'a1', 'b1']);
    expect(pairs).toEqual({ ours: [0, 1], theirs: [0, 1] });
  });

  it('stops between two measurements', async () => {
    const stop = new AbortController();
    const ours = (): Promise<number> => {
      stop.abort(new Error('enough'));
      return Promise.resolve(1);
    };
    const pairs = alternate({ runs: 5, warmUp: false, ours, theirs: () => Promise.resolve(1), signal: stop.signal });
    await expect(pairs).rejects.toThrow('enough');
  });
});
