import { describe, expect, it } from '@jest/globals';
import { cut, fit, wrap } from './fit.ts';

describe('text that must fit', () => {
  it('drops what comes last first', () => {
    const parts = ['131 requests', '12/s now', '0 refused'];
    expect(fit(parts, 80)).toBe('131 requests · 12/s now · 0 refused');
    expect(fit(parts, 30)).toBe('131 requests · 12/s now');
    expect(fit(parts, 12)).toBe('131 requests');
    expect(fit(parts, 8)).toBe('131 req…');
    expect(fit([], 8)).toBe('');
  });

  it('is cut with a mark', () => {
    expect(cut('pending', 7)).toBe('pending');
    expect(cut('pending', 4)).toBe('pen…');
    expect(cut('pending', 0)).toBe('');
  });

  it('is broken between words, with an indent', () => {
    expect(wrap('Nothing may happen at all.', 16, '  ')).toEqual(['  Nothing may', '  happen at all.']);
    expect(wrap('short', 16)).toEqual(['short']);
    expect(wrap('a https://127.0.0.1:4711/board b', 10, ' ')).toEqual([' a', ' https://127.0.0.1:4711/board', ' b']);
  });
});
