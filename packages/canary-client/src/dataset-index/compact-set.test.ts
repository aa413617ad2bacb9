import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CompactSet, IndexFullError, MAX_TEXT_BYTES } from './compact-set.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const numbered = (i: number): Uint8Array => bytes(`${'tag '.repeat(i % 40)}${i}`);

describe('a compact set', () => {
  it('behaves as a map from pairs to numbers', () => {
    const pair = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', '.', 'é') }),
    );
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 2_000 }), fc.array(pair, { maxLength: 200 }), (added, asked) => {
        const set = new CompactSet(1e8);
        const model = new Map<string, number>();
        for (const [owner, text] of added) {
          const key = `${owner}/${text}`;
          if (!model.has(key)) model.set(key, model.size);
          if (set.add(owner, bytes(text)) !== model.get(key)) throw new Error(`wrong number for ${key}`);
        }
        expect(set.size).toBe(model.size);
        const wrong = [...added, ...asked].filter(
          ([owner, text]) => set.find(owner, bytes(text)) !== (model.get(`${owner}/${text}`) ?? -1),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('finds everything again across chunks and after growing', () => {
    const set = new CompactSet(1e8);
    const numbers = Array.from({ length: 20_000 }, (_, i) => i);
    expect(numbers.filter((i) => set.add(i % 7, numbered(i)) !== i)).toEqual([]);
    expect(numbers.filter((i) => set.find(i % 7, numbered(i)) !== i)).toEqual([]);
    expect(set.find(8, numbered(1))).toBe(-1);
  });

  it('holds the longest text beside the shortest', () => {
    const set = new CompactSet(1e8);
    const longest = new Uint8Array(MAX_TEXT_BYTES).fill(97);
    for (const text of [longest, bytes(''), longest.subarray(1)]) set.add(0, text);
    expect([longest, bytes(''), longest.subarray(1), longest.subarray(2)].map((text) => set.find(0, text))).toEqual([
      0, 1, 2, -1,
    ]);
  });

  it('is bounded', () => {
    const set = new CompactSet(1_000_000);
    const fill = (): void => {
      for (let i = 0; ; i++) set.add(0, bytes(`tag ${i}`));
    };
    expect(fill).toThrow(IndexFullError);
    expect(set.bytes).toBeLessThanOrEqual(1_000_000 + 600_000);
  });
});
