import { describe, expect, it } from '@jest/globals';
import { AliasTable } from '@uns/sparkplug';
import { mergeAliases } from './merge-aliases.ts';

const merged = (
  known: Record<string, string>,
  learned: Record<string, string>,
  most = { aliases: 100, characters: 1000 },
) => mergeAliases(AliasTable.fromJSON(known), AliasTable.fromJSON(learned), most).toJSON();

describe('what is known of aliases after a birth', () => {
  it.each<
    [what: string, known: Record<string, string>, learned: Record<string, string>, expected: Record<string, string>]
  >([
    ['keeps what the birth does not speak of', { 1: 'A' }, { 2: 'B' }, { 1: 'A', 2: 'B' }],
    ['gives an alias the name of the birth', { 1: 'A' }, { 1: 'B' }, { 1: 'B' }],
    ['forgets the old alias of a name', { 1: 'A' }, { 2: 'A' }, { 2: 'A' }],
    ['takes a swap', { 1: 'A', 2: 'B' }, { 1: 'B', 2: 'A' }, { 1: 'B', 2: 'A' }],
    ['keeps all of them when the birth has none', { 1: 'A' }, {}, { 1: 'A' }],
  ])('TC-12 %s', (_what, known, learned, expected) => {
    expect(merged(known, learned)).toEqual(expected);
  });

  it('PROMISE-6 lets earlier ones go when their names are too long together', () => {
    expect(merged({ 1: 'AAAA', 2: 'BBBBBBB', 3: 'C' }, { 7: 'Kiln' }, { aliases: 100, characters: 10 })).toEqual({
      1: 'AAAA',
      3: 'C',
      7: 'Kiln',
    });
  });

  it('PROMISE-6 lets earlier ones go when there are too many', () => {
    expect(merged({ 1: 'A', 2: 'B', 3: 'C' }, { 7: 'X' }, { aliases: 3, characters: 1000 })).toEqual({
      1: 'A',
      2: 'B',
      7: 'X',
    });
  });
});
