import { expect, it } from '@jest/globals';
import { mapBounded } from './map-bounded.ts';

it('runs no more than the limit at once and keeps the order', async () => {
  let running = 0;
  let most = 0;
  const doubled = await mapBounded([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return item * 2;
  });
  expect([doubled, most]).toEqual([[2, 4, 6, 8, 10], 2]);
});

it('rejects with a failure once nothing is under way', async () => {
  const done: number[] = [];
  const failing = mapBounded([1, 2, 3], 2, async (item) => {
    if (item === 1) throw new Error('one');
    await new Promise((resolve) => setImmediate(resolve));
    done.push(item);
  });
  await expect(failing).rejects.toThrow('one');
  expect(done).toEqual([2, 3]);
});

it('of nothing makes nothing', async () => {
  expect(await mapBounded([], 4, async (item) => Promise.resolve(item))).toEqual([]);
});
