import { describe, expect, it } from '@jest/globals';
import { NewestMap } from './newest-map.ts';

describe('NewestMap', () => {
  it('lets the entry go that was put longest ago', () => {
    const map = new NewestMap<string, number>(2);
    map.put('a', 1);
    map.put('b', 2);
    map.put('a', 3);
    map.put('c', 4);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([3, undefined, 4]);
  });

  it('has room again for what was deleted', () => {
    const map = new NewestMap<string, number>(2);
    map.put('a', 1);
    map.put('b', 2);
    map.delete('b');
    map.put('c', 3);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
  });
});
