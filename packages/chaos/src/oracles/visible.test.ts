import { describe, expect, it } from '@jest/globals';
import { VisibleValues } from './visible.ts';

const time = (n: number): string => `2026-01-01T00:00:00.000000${n}Z`;
const shown = (value: unknown, n: number) => [{ tag: 'S.a', properties: { unit: { value, timestamp: time(n) } } }];

describe('the oracle of what Canary shows', () => {
  it('lets values stay and be followed by newer ones', () => {
    const visible = new VisibleValues();
    for (const look of [shown('a', 1), shown('a', 1), shown('b', 2)]) expect(visible.look(look)).toEqual([]);
    expect(visible).toMatchObject({ looks: 3, changes: 2 });
  });

  it.each([
    ['an older one', shown('a', 1)],
    ['another one of the same time', shown('c', 2)],
    ['none', [{ tag: 'S.a', properties: {} }]],
  ])('PROMISE-2 finds a value that is followed by %s', (_what, next) => {
    const visible = new VisibleValues();
    visible.look(shown('b', 2));
    expect(visible.look(next)).toMatchObject([{ oracle: 'visible', tag: 'S.a', property: 'unit' }]);
  });
});
