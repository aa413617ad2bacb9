import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isClean } from './clean-text.ts';
import { segmentExamples } from './segment-examples.ts';
import { cleanPath } from './segment-policy.ts';

/** Text that hits every rule often: separators, marks, capitals, wide characters, half surrogates, invisible ones. */
const awkward = fc.string({
  maxLength: 40,
  unit: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('a', 'Z', '9', '_', '-', 'ç', '窑') },
    { weight: 6, arbitrary: fc.constantFrom(' ', '.', '/') },
    {
      weight: 2,
      arbitrary: fc.constantFrom('%', '(', '\0', '\t', '\u00a0', '\u0301', '\u0338', '<', '\u200d', '\ufe0f'),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('\ud83d', '\udf00', '🌀', '\u{1d538}', '\u3164', '\u202e', '²', '\u1100', '\u1161'),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  ),
});

describe('the segment policy', () => {
  it.each(segmentExamples)('TC-02 $name -> $path: $why', ({ name, path }) => {
    expect(cleanPath(name)).toBe(path);
  });

  it('TC-02 changes nothing that is clean: cleaning twice is cleaning once', () => {
    fc.assert(
      fc.property(awkward, (name) => expect(cleanPath(cleanPath(name))).toBe(cleanPath(name))),
      { numRuns: 2000 },
    );
  });

  it('TC-02 makes only paths that Canary and PostgreSQL can hold', () => {
    fc.assert(
      fc.property(awkward, (name) => {
        const path = cleanPath(name);
        fc.pre(path !== '');
        expect(path).toMatch(/^[\p{L}\p{M}\p{N}_\- ./]+$/u);
        expect(path.normalize('NFC')).toBe(path);
        for (const level of path.split(/[/.]/)) expect(level.trim()).not.toBe('');
        for (const segment of path.split('/')) expect(segment.trim()).toBe(segment);
        expect(path).not.toMatch(/ {2}/);
      }),
      { numRuns: 2000 },
    );
  });

  it('TC-02 knows a clean text when it sees one', () => {
    fc.assert(
      fc.property(awkward, (name) => expect(isClean(name)).toBe(name !== '' && cleanPath(name) === name)),
      { numRuns: 2000 },
    );
  });

  it('TC-02 keeps what is there: only characters that may not stand in a path can make two names meet', () => {
    const plain = fc
      .string({ unit: fc.constantFrom('a', 'Z', '9', '_', '-', 'ç', '.'), minLength: 1, maxLength: 12 })
      .filter(isClean);
    fc.assert(
      fc.property(plain, plain, (one, other) => expect(cleanPath(one) === cleanPath(other)).toBe(one === other)),
    );
  });

  it('TC-02 takes time in proportion to the name, whatever is in it', () => {
    const length = 1 << 17;
    for (const unit of [' ', '.', '. ', '/', '%', 'a/', 'a ', 'a.', 'e\u0301', '\ud83d']) {
      const started = performance.now();
      cleanPath(`${unit.repeat(length / unit.length)}#`);
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });
});
