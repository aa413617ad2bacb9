import { describe, expect, it } from '@jest/globals';
import type { Resolution } from '@uns/canary-client';
import { writeTag } from '../testing/write-jobs.ts';
import { sortResolved } from './resolve-tags.ts';

const down: Resolution = { outcome: 'unavailable', failure: { outcome: 'timeout', afterMs: 10_000 } };
const resolve = (deliveredTag: string | null, resolution: Resolution) => {
  const tag = writeTag(1, { deliveredTag });
  return sortResolved([tag], new Map([[tag.canaryId, resolution]]));
};

describe('sortResolved', () => {
  it.each<[string | null, Resolution]>([
    [null, { outcome: 'found', tag: 'Secil2.a' }],
    ['Secil2.a', { outcome: 'found', tag: 'Secil2.a' }],
    [null, { outcome: 'ambiguous', tag: 'Secil2.a', alsoIn: ['Secil3.a'] }],
  ])('writes to the dataset that holds the tag (delivered to %s, found %o)', (deliveredTag, resolution) => {
    const { writable, settled } = resolve(deliveredTag, resolution);
    expect(writable).toMatchObject([{ tag: 'Secil2.a' }]);
    expect(settled).toEqual([]);
  });

  it('writes nothing to a tag that another dataset holds now, and says which', () => {
    const { writable, settled } = resolve('Secil.a', { outcome: 'found', tag: 'Secil2.a' });
    expect(writable).toEqual([]);
    expect(settled).toMatchObject([{ outcome: 'deferred', reason: 'TAG_MOVED', tag: 'Secil2.a' }]);
  });

  it.each<Resolution>([
    { outcome: 'notFound', detail: 'none of Secil* holds the tag' },
    { outcome: 'unsearched', detail: 'too many searches' },
  ])('never guesses a dataset: %o', (resolution) => {
    const { writable, settled } = resolve('Secil.a', resolution);
    expect(writable).toEqual([]);
    expect(settled).toMatchObject([{ outcome: 'deferred', reason: 'TAG_NOT_FOUND', tag: null }]);
  });

  it('tells a read service that is away from one that fails for some tags', () => {
    expect(resolve(null, down).unavailable).toEqual({ outcome: 'timeout', afterMs: 10_000 });
    const [a, b] = [writeTag(1), writeTag(2)];
    const some = sortResolved(
      [a, b],
      new Map<string, Resolution>([
        [a.canaryId, { outcome: 'found', tag: 'Secil.a' }],
        [b.canaryId, down],
      ]),
    );
    expect(some.unavailable).toBeNull();
    expect(some.writable).toMatchObject([{ tag: 'Secil.a' }]);
    expect(some.settled).toMatchObject([{ metricId: '2', reason: 'ATTEMPTS_EXHAUSTED' }]);
  });
});
