import { describe, expect, it } from '@jest/globals';
import { clock, count, counted, seconds } from './numbers.ts';

describe('numbers for people', () => {
  it('have separators, units and plurals', () => {
    expect(count(38_113)).toBe('38,113');
    expect([0, 1, 4401].map((n) => counted(n, 'metric'))).toEqual(['0 metrics', '1 metric', '4,401 metrics']);
    expect(counted(2, 'entry', 'entries')).toBe('2 entries');
    expect(seconds(1649)).toBe('1.6 s');
    expect([0, 41_900, 3_641_000].map(clock)).toEqual(['00:00', '00:41', '1:00:41']);
  });
});
