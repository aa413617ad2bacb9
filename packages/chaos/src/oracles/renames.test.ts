import { describe, expect, it } from '@jest/globals';
import { Plant } from '../plant/plant.ts';
import { judgeRenames, type DeclaredRename } from './renames.ts';

describe('the oracle of the renames', () => {
  const plant = new Plant(['Kiln']);
  plant.apply('Kiln', { edit: 'add', tag: 'new', properties: [] });
  const rename = (o: Partial<DeclaredRename>): DeclaredRename => ({
    device: 'Kiln',
    oldName: 'old',
    newName: 'new',
    state: 'applied',
    note: null,
    hasLineage: true,
    ...o,
  });

  it('lets renames have come about, and wait for a name that no birth can bring any more', () => {
    expect(judgeRenames(plant, [rename({}), rename({ state: 'pending', newName: 'dropped' })])).toEqual([]);
  });

  it('lets a rename wait for one that no birth can bring about any more', () => {
    const stuck = rename({ state: 'pending', oldName: 'new', newName: 'dropped' });
    expect(judgeRenames(plant, [stuck, rename({ state: 'pending' })])).toEqual([]);
    expect(
      judgeRenames(plant, [rename({ ...stuck, device: 'Kiln', state: 'applied' }), rename({ state: 'pending' })]),
    ).toHaveLength(1);
  });

  it.each([
    ['TC-13 a rename without a lineage', { hasLineage: false }],
    ['a rename that waits although the plant has the new name', { state: 'pending' }],
    ['a rename that was found impossible', { state: 'impossible', note: 'no metric is called so' }],
  ])('finds %s', (_what, o) => {
    expect(judgeRenames(plant, [rename(o)])).toMatchObject([{ oracle: 'renames', tag: 'Chaos.Plant.Kiln.new' }]);
  });
});
