import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { IndexFullError } from './compact-set.ts';
import { CompactTagIndex } from './compact-tag-index.ts';

const limits = { maxTags: 1_000_000, maxBytes: 1e9 };

/** A tag as they occur: `Portugal.Cement.Maceira.400 - Clinker Production.431 - Kiln.KPI.SHC_CALC`. */
const plausibleKey = (i: number): string => {
  const area = Math.floor(i / 2_000) % 12;
  const equipment = Math.floor(i / 20);
  return `Portugal.Cement.Maceira.${400 + area} - Clinker Production.${equipment} - Kiln Drive.KPI.SIGNAL_${i % 20}_CALC`;
};

describe('the index of tags', () => {
  it('answers exactly what was added, whatever the names', () => {
    const key = fc.string({
      minLength: 1,
      maxLength: 8,
      unit: fc.constantFrom('a', 'A', '.', 'é', 'e\u0301', '😀', '\ud800'),
    });
    fc.assert(
      fc.property(fc.array(key, { maxLength: 300 }), fc.array(key, { maxLength: 100 }), (added, asked) => {
        const index = new CompactTagIndex(limits);
        for (const name of added) index.add(name, 3);
        const model = new Set(added.filter((name) => name.isWellFormed()));
        expect(index.size).toBe(model.size);
        const wrong = [...added, ...asked].filter(
          (name) => index.find(name)?.dataset !== (model.has(name) ? 3 : undefined),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('tells a leading dot from none', () => {
    const index = new CompactTagIndex(limits);
    index.add('.a', 1);
    expect([index.find('.a'), index.find('a'), index.find('..a'), index.find('')]).toEqual([
      { dataset: 1, alsoIn: [] },
      null,
      null,
      null,
    ]);
  });

  it('names that differ only in letter case are different tags', () => {
    const index = new CompactTagIndex(limits);
    index.add('Maceira.Kiln', 0);
    expect(index.find('maceira.Kiln')).toBeNull();
  });

  it('a tag in several datasets belongs to the first of the series, in whatever order they are read', () => {
    for (const order of [
      [0, 2, 1],
      [2, 1, 0],
      [1, 0, 2, 1],
    ]) {
      const index = new CompactTagIndex(limits);
      for (const dataset of order) index.add('a.b', dataset);
      expect(index.find('a.b')).toEqual({ dataset: 0, alsoIn: [1, 2] });
      expect(index.conflicts).toBe(2);
      expect(index.size).toBe(1);
    }
  });

  it('is bounded, and still answers when it is full', () => {
    const index = new CompactTagIndex({ maxTags: 2, maxBytes: 1e9 });
    index.add('a', 0);
    index.add('b', 0);
    expect(() => index.add('c', 0)).toThrow(IndexFullError);
    index.add('b', 1);
    expect([index.size, index.find('b'), index.find('c')]).toEqual([2, { dataset: 0, alsoIn: [1] }, null]);
  });

  it('leaves out names that no index could tell apart, and counts them', () => {
    const index = new CompactTagIndex(limits);
    index.add('a.\ud800', 0);
    index.add(`${'é'.repeat(40_000)}.a`, 0);
    expect([index.size, index.skipped, index.find('a.\udfff'), index.find('a.\ufffd')]).toEqual([0, 2, null, null]);
  });

  it('takes less than 70 bytes for a tag of 80', () => {
    const index = new CompactTagIndex(limits);
    const count = 200_000;
    for (let i = 0; i < count; i++) index.add(plausibleKey(i), i % 4);
    expect(index.size).toBe(count);
    expect(index.bytes / count).toBeLessThan(70);
  });
});
