import { describe, expect, it } from '@jest/globals';
import { diffTag } from './tag-diff.ts';

const before = { canaryId: 'Secil.Portugal.Cement.SHC', properties: { engUnit: 'kcal/kg', engLow: 0, tooltip: 'x' } };
const shown = (diff: ReturnType<typeof diffTag>) => ({ changed: [...diff.changed], removed: diff.removed });

describe('what a tag has to be written', () => {
  it('TC-16 a property change: that property alone, and the removed one', () => {
    const desired = { ...before, properties: { engUnit: 'kJ/kg', engLow: 0 } };
    expect(shown(diffTag(desired, before))).toEqual({ changed: [['engUnit', 'kJ/kg']], removed: ['tooltip'] });
  });

  it('TC-16 a rename: everything, on the new tag, where nothing is to be removed', () => {
    const desired = { ...before, canaryId: 'Secil.Portugal.Cement.SHC2' };
    expect(shown(diffTag(desired, before))).toEqual({
      changed: [
        ['engLow', 0],
        ['engUnit', 'kcal/kg'],
        ['tooltip', 'x'],
      ],
      removed: [],
    });
  });

  it('TC-16 both at once: everything as it is now, nothing of the old tag', () => {
    const desired = { canaryId: 'Secil.Portugal.Cement.SHC2', properties: { engUnit: 'kJ/kg' } };
    expect(shown(diffTag(desired, before))).toEqual({ changed: [['engUnit', 'kJ/kg']], removed: [] });
  });

  it('TC-16 a new metric: everything; an unchanged one: nothing', () => {
    expect(diffTag(before, null).changed.size).toBe(3);
    expect(shown(diffTag(before, structuredClone(before)))).toEqual({ changed: [], removed: [] });
  });
});
