import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { matchPattern, parsePattern, type Pattern } from './pattern.ts';

function pattern(source: string): Pattern {
  const parsed = parsePattern(source);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.pattern;
}

describe('a pattern', () => {
  it.each([
    ['Secil', 'Secil', []],
    ['Secil', 'secil', null],
    ['Secil', 'Secil2', null],
    ['*', '', []],
    ['{all}', '', null],
    ['{all}', 'x', ['x']],
    ['Kiln-*', 'Kiln-', []],
    ['Kiln-*', 'Kiln-K1', []],
    ['Kiln-*', 'OldKiln-K1', null],
    ['{plant}-Ignition-Edge', 'Maceira-Ignition-Edge', ['Maceira']],
    ['{plant}-Ignition-Edge', '-Ignition-Edge', null],
    ['{plant}-Edge', 'A-Edge-Edge', ['A-Edge']],
    ['{plant}/{area} - {rest}', 'Maceira/400 - Clinker/K/x - y', ['Maceira', '400', 'Clinker/K/x - y']],
    ['*/KPI/{tag}', 'Maceira/Kiln/KPI/SHC', ['SHC']],
    ['*/KPI/{tag}', 'KPI/SHC', null],
    ['a*a', 'a', null],
    ['a*a', 'aa', []],
    ['a{x}a', 'aa', null],
    ['\\*{x}\\{\\\\', '*y{\\', ['y']],
    ['{x} 窑', '1 窑', ['1']],
  ] as const)('TC-02 %s on %s takes %j', (source, value, captured) => {
    expect(matchPattern(pattern(source), value)).toEqual(captured);
  });

  it.each([
    ['', /matches nothing/],
    ['a\\', /lone backslash/],
    ['{a', /without its "}"/],
    ['{}', /no capture name/],
    ['{Plant}', /no capture name/],
    ['{__proto__}', /no capture name/],
    ['{a}{b}', /no text between/],
    ['**', /no text between/],
    ['*{a}', /no text between/],
    ['a*b*c*d*e*f*g*h*i*', /more than 8 wildcards/],
    ['x'.repeat(257), /longer than 256/],
  ])('TC-02 %s is refused', (source, reason) => {
    expect(parsePattern(source)).toEqual({ ok: false, reason: expect.stringMatching(reason) as unknown });
  });

  it('TC-02 matches what the regular expression of shortest wildcards matches, and captures the same', () => {
    const piece = fc.constantFrom('a', 'b', 'ab', '/', '*', '{}');
    const source = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => {
      let captures = 0;
      return pieces.map((text) => (text === '{}' ? `{c${captures++}}` : text)).join('');
    });
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
    fc.assert(
      fc.property(
        source.filter((text) => parsePattern(text).ok),
        value,
        (text, subject) => {
          const expression = text.replaceAll('*', '[^]*?').replace(/\{c\d\}/g, '([^]+?)');
          const expected = new RegExp(`^${expression}$`).exec(subject)?.slice(1) ?? null;
          expect(matchPattern(pattern(text), subject)).toEqual(expected);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('TC-02 is never slow: eight wildcards against a name made to defeat them', () => {
    const compiled = pattern('a*a*a*a*a*a*a*a*b');
    const name = 'a'.repeat(1_000_000);
    const started = performance.now();
    expect(matchPattern(compiled, name)).toBeNull();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
