import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { findChanged } from './changed-metrics.ts';
import { KnownMetrics } from './known-metrics.ts';

const fingerprint = (of: number): Buffer => createHash('md5').update(String(of)).digest();
const numbers = (below: number): number[] => Array.from({ length: below }, (_, at) => at);

describe('known metrics', () => {
  it('tells which of ten thousand are known, and which a birth did not have', () => {
    const known = new KnownMetrics();
    for (const at of numbers(10_000)) known.add(fingerprint(at), at + 1);
    known.add(null, 77_777);
    expect(known.size).toBe(10_000);
    expect(numbers(10_001).filter((of) => !known.has(fingerprint(of)))).toEqual([10_000]);

    const inBirth = numbers(10_000).filter((of) => of % 1000 !== 0);
    expect(inBirth.every((of) => known.see(fingerprint(of)))).toBe(true);
    expect(known.see(fingerprint(1))).toBe(false);
    expect(known.see(fingerprint(10_000))).toBe(false);
    const gone = [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000].map((of) => of + 1);
    expect(known.absent().toSorted((a, b) => a - b)).toEqual([...gone, 77_777]);
  });

  it('finds what a birth changes: the new, what comes a second time, and what has been forgotten', () => {
    const known = new KnownMetrics();
    for (const id of [1, 2, 3]) known.add(fingerprint(id - 1), id);
    known.add(null, 4);
    const inBirth = [fingerprint(2), null, fingerprint(9), fingerprint(0), fingerprint(2)];
    const changed = findChanged({ length: 5, at: (ordinal) => inBirth[ordinal] ?? null }, known);
    expect(numbers(5).filter((ordinal) => changed.has(ordinal))).toEqual([2, 4]);
    expect(changed.absent.toSorted((a, b) => a - b)).toEqual([2, 4]);
  });

  it('refuses what is no fingerprint', () => {
    expect(() => new KnownMetrics().has(Buffer.alloc(15))).toThrow(RangeError);
  });
});
