import { describe, expect, it } from '@jest/globals';
import { Plant } from './plant.ts';

describe('the plant', () => {
  it('is what was done to it', () => {
    const plant = new Plant(['d']);
    plant.apply('d', { edit: 'add', tag: 'a', properties: [['level', 1]] });
    plant.apply('d', { edit: 'add', tag: 'b', properties: [['level', 2]] });
    plant.apply('d', { edit: 'set', tag: 'a', key: 'tooltip', value: 'x' });
    plant.apply('d', { edit: 'unset', tag: 'a', key: 'level' });
    plant.apply('d', { edit: 'set', tag: 'nobody', key: 'level', value: 3 });
    plant.rename('d', [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ]);
    expect([...plant.tagsOf('d')]).toEqual([
      ['b', new Map([['tooltip', 'x']])],
      ['a', new Map([['level', 2]])],
    ]);
    plant.apply('d', { edit: 'drop', tag: 'a' });
    expect([...plant.tagsOf('d').keys()]).toEqual(['b']);
  });
});
