import { describe, expect, it } from '@jest/globals';
import { decideRenames } from './decide-renames.ts';

/** `A>B` declarations; names in the birth; names in the store, by default the old ones. */
function decide(renames: string, inBirth: string, inStore?: string): Record<string, string> {
  const pending = renames.split(' ').map((text) => {
    const [oldName = '', newName = ''] = text.split('>');
    return { id: text, oldName, newName };
  });
  const names = (text: string): Set<string> => new Set(text.split(' '));
  const decisions = decideRenames({
    pending,
    inBirth: names(inBirth),
    inStore: inStore === undefined ? new Set(pending.map((rename) => rename.oldName)) : names(inStore),
  });
  return Object.fromEntries([...decisions].map(([id, decision]) => [id, decision.kind]));
}

describe('which declared renames a birth brings about', () => {
  it.each<[what: string, renames: string, birth: string, store: string | undefined, expected: Record<string, string>]>([
    ['a new name in place of the old one', 'A>B', 'B X', undefined, { 'A>B': 'apply' }],
    ['not while the birth has the old name only', 'A>B', 'A X', undefined, { 'A>B': 'wait' }],
    ['not while the birth has both', 'A>B', 'A B', 'A B', { 'A>B': 'wait' }],
    ['a rename declared after the birth that had the new name', 'A>B', 'B', 'A B', { 'A>B': 'apply' }],
    ['a swap, with the first birth that has both', 'A>B B>A', 'A B', 'A B', { 'A>B': 'apply', 'B>A': 'apply' }],
    ['no half of a swap', 'A>B B>A', 'B', 'A B', { 'A>B': 'wait', 'B>A': 'wait' }],
    ['a chain', 'A>B B>C', 'B C', 'A B', { 'A>B': 'apply', 'B>C': 'apply' }],
    ['no chain before the edge has renamed', 'A>B B>C', 'A B', 'A B', { 'A>B': 'wait', 'B>C': 'wait' }],
    ['the end of a chain that the edge renames first', 'A>B B>C', 'A C', 'A B', { 'A>B': 'wait', 'B>C': 'apply' }],
    ['no start of a chain whose end is still to come', 'A>B B>C', 'B', 'A B', { 'A>B': 'wait', 'B>C': 'wait' }],
    ['a circle of three', 'A>B B>C C>A', 'A B C', 'A B C', { 'A>B': 'apply', 'B>C': 'apply', 'C>A': 'apply' }],
    ['nothing of a metric that is no more', 'A>B', 'B', 'B', { 'A>B': 'impossible' }],
  ])('brings about %s', (_what, renames, birth, store, expected) => {
    expect(decide(renames, birth, store)).toEqual(expected);
  });

  it('decides the same whatever the order of the declarations', () => {
    const renames = ['A>B', 'B>C', 'C>D', 'D>A', 'X>Y', 'Y>Z'];
    const all = decide(renames.join(' '), 'A B C D Y', 'A B C D X Y');
    expect(decide(renames.toReversed().join(' '), 'A B C D Y', 'A B C D X Y')).toEqual(all);
    expect(all).toEqual({
      'A>B': 'apply',
      'B>C': 'apply',
      'C>D': 'apply',
      'D>A': 'apply',
      'X>Y': 'wait',
      'Y>Z': 'wait',
    });
  });
});
