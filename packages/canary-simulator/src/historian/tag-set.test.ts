import { describe, expect, it } from '@jest/globals';
import { TagSet } from './tag-set.ts';

function tagSet(tagsPerDataset: number): TagSet {
  let last = 0;
  return new TagSet({ tagsPerDataset, newTagNumber: () => ++last });
}

const sizes = (tags: TagSet): Record<string, number> =>
  Object.fromEntries(tags.datasets().map((dataset) => [dataset.name, dataset.size]));

describe('datasets', () => {
  it('roll over from Secil to Secil2 and Secil3 when they are full', () => {
    const tags = tagSet(2);
    for (const rest of ['a', 'b', 'c', 'd', 'e']) expect(tags.addToFamily('Secil', rest, 0)).toBe(true);
    expect(sizes(tags)).toEqual({ Secil: 2, Secil2: 2, Secil3: 1 });
    expect(tags.dataset('Secil3')?.number('e')).toBe(5);
  });

  it('do not take a tag twice that any of the family has', () => {
    const tags = tagSet(2);
    for (const rest of ['a', 'b', 'c']) tags.addToFamily('Secil', rest, 0);
    expect(tags.addToFamily('Secil', 'a', 0)).toBe(false);
    expect(tags.addToFamily('Secil', 'c', 0)).toBe(false);
    expect(tags.size).toBe(3);
  });

  it('go on after datasets that were made by name', () => {
    const tags = tagSet(1);
    const second = tags.addDataset('Secil2', 0);
    tags.addTag(second, 'x', 0);
    tags.addToFamily('Secil', 'a', 0);
    tags.addToFamily('Secil', 'b', 0);
    expect(sizes(tags)).toEqual({ Secil2: 1, Secil: 1, Secil3: 1 });
  });

  it('the sequence moves at each change, in .NET ticks of the time or beyond', () => {
    const tags = tagSet(10);
    const now = Date.parse('2025-08-26T12:00:00Z');
    tags.addDataset('Secil', now);
    const created = tags.sequence;
    expect(created).toBe(638_918_064_000_000_000);
    tags.addDataset('Secil', now);
    expect(tags.sequence).toBe(created);
    tags.addToFamily('Secil', 'a', now);
    const added = tags.sequence;
    expect(added).toBeGreaterThan(created);
    expect(tags.setObsolete([{ dataset: 'Secil', rest: 'a' }], true, now)).toEqual([]);
    expect(tags.sequence).toBeGreaterThan(added);
    const obsolete = tags.sequence;
    tags.setObsolete([{ dataset: 'Secil', rest: 'a' }], true, now);
    expect(tags.sequence).toBe(obsolete);
  });

  it('obsolete tags are left out, unknown ones are named', () => {
    const tags = tagSet(10);
    for (const rest of ['a', 'b', 'c']) tags.addToFamily('Secil', rest, 0);
    const names = ['b', 'nobody'].map((rest) => ({ dataset: 'Secil', rest }));
    expect(tags.setObsolete(names, true, 0)).toEqual(['Secil.nobody']);
    const rests = (): string[] => [...(tags.dataset('Secil')?.tags() ?? [])].map(({ rest }) => rest);
    expect(rests()).toEqual(['a', 'c']);
    tags.setObsolete(names.slice(0, 1), false, 0);
    expect(rests()).toEqual(['a', 'b', 'c']);
  });
});
