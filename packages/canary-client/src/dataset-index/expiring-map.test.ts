import { expect, it } from '@jest/globals';
import { ManualTiming } from '../testing/manual-timing.ts';
import { ExpiringMap } from './expiring-map.ts';

it('forgets an entry after its time', async () => {
  const timing = new ManualTiming();
  const map = new ExpiringMap<number>({ ttlMs: 100, maxSize: 10, monotonic: () => timing.monotonic() });
  map.set('a', 1);
  await timing.advance(99);
  expect(map.get('a')).toBe(1);
  await timing.advance(1);
  expect(map.get('a')).toBeUndefined();
});

it('forgets the oldest when it is full; writing an entry again makes it young', () => {
  const map = new ExpiringMap<number>({ ttlMs: 100, maxSize: 2, monotonic: () => 0 });
  for (const [value, key] of ['a', 'b', 'a', 'c'].entries()) map.set(key, value);
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([2, undefined, 3]);
});
