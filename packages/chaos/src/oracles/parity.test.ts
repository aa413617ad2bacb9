import { describe, expect, it } from '@jest/globals';
import { judgeParity } from './parity.ts';

describe('the oracle of parity', () => {
  const desired = [{ tag: 'S.a', properties: new Map<string, unknown>([['unit', 'bar'], ['level', 1]]) }]; // prettier-ignore
  const held = (properties: [string, unknown][]) => new Map([['S.a', new Map(properties)]]);

  it('takes an empty text for a property that was removed', () => {
    expect(judgeParity(desired, held([['unit', 'bar'], ['level', 1], ['tip', '']]))).toEqual([]); // prettier-ignore
  });

  it.each<[string, [string, unknown][], string]>([
    ['another value', [['unit', 'mbar'], ['level', 1]], 'the store has "bar", Canary has "mbar"'],
    ['another type', [['unit', 'bar'], ['level', '1']], 'the store has 1, Canary has "1"'],
    ['a missing property', [['unit', 'bar']], 'the store has 1, Canary has nothing'],
    ['one too many', [['unit', 'bar'], ['level', 1], ['tip', 'x']], 'the store has nothing, Canary has "x"'],
  ])('PROMISE-1 PROMISE-2 finds %s', (_what, properties, detail) => {
    expect(judgeParity(desired, held(properties))).toMatchObject([{ oracle: 'parity', tag: 'S.a', detail }]);
  }); // prettier-ignore

  it('PROMISE-1 finds a tag that is missing', () => {
    expect(judgeParity(desired, new Map())).toMatchObject([{ property: null, detail: 'Canary has no such tag' }]);
  });
});
