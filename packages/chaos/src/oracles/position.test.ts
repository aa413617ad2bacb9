import { describe, expect, it } from '@jest/globals';
import { formatLsn, judgePosition, parseLsn } from './position.ts';

describe('the oracle of the position', () => {
  const recorded = parseLsn('1/FF');

  it.each([
    ['a recorded commit plus one', { active: true, confirmed: recorded + 1n, recorded }],
    ['less', { active: true, confirmed: 5n, recorded }],
    ['anything, as long as nobody reads the slot', { active: false, confirmed: recorded + 99n, recorded: null }],
  ])('lets a slot confirm %s', (_what, sample) => {
    expect(judgePosition(sample)).toBeNull();
  });

  it('PROMISE-1 finds a slot that has confirmed one byte more than is recorded, or anything when nothing is', () => {
    expect(judgePosition({ active: true, confirmed: recorded + 2n, recorded })?.detail).toBe(
      'the slot has confirmed 1/101 and 1/FF is recorded',
    );
    expect(judgePosition({ active: true, confirmed: 1n, recorded: null })?.oracle).toBe('position');
  });

  it('reads positions as PostgreSQL writes them', () => {
    expect(formatLsn(parseLsn('16/B374D848'))).toBe('16/B374D848');
  });
});
