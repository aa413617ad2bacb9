import { describe, expect, it } from '@jest/globals';
import { decideMoves } from './decide-moves.ts';

const moves = (places: Record<string, string>, wanted: Record<string, string>) =>
  Object.fromEntries(decideMoves(new Map(Object.entries(places)), new Map(Object.entries(wanted))));

describe('moves made at once', () => {
  it.each<
    [what: string, places: Record<string, string>, wanted: Record<string, string>, expected: Record<string, string>]
  >([
    ['to a free place', { 1: 'a' }, { 1: 'b' }, { 1: 'b' }],
    ['a swap', { 1: 'a', 2: 'b' }, { 1: 'b', 2: 'a' }, { 1: 'b', 2: 'a' }],
    ['a chain', { 1: 'a', 2: 'b', 3: 'c' }, { 1: 'b', 2: 'c', 3: 'd' }, { 1: 'b', 2: 'c', 3: 'd' }],
    ['none of a chain whose end is taken', { 1: 'a', 2: 'b', 3: 'c' }, { 1: 'b', 2: 'c' }, {}],
    ['the first of two to one place', { 1: 'a', 2: 'b' }, { 1: 'c', 2: 'c' }, { 1: 'c' }],
    ['not to where one stays who could not move', { 1: 'a', 2: 'b', 3: 'd' }, { 1: 'c', 2: 'c', 3: 'b' }, { 1: 'c' }],
    ['none that is there already', { 1: 'a' }, { 1: 'a' }, {}],
  ])('are %s', (_what, places, wanted, expected) => {
    expect(moves(places, wanted)).toEqual(expected);
  });
});
