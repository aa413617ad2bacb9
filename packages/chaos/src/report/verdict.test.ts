import { describe, expect, it } from '@jest/globals';
import { oracles, type OracleName } from '../oracles/finding.ts';
import { judge } from './verdict.ts';

describe('the verdict', () => {
  const names = Object.keys(oracles) as OracleName[];
  const looked = Object.fromEntries(names.map((name) => [name, '5 looks']));

  it('is good when every oracle looked and found nothing', () => {
    expect(judge([], looked).every(({ ok }) => ok)).toBe(true);
  });

  it('is bad for an oracle that found something, and for one that did not look', () => {
    const { rate: _, ...others } = looked;
    const bad = judge([{ oracle: 'order', tag: null, property: null, detail: 'x' }], others).filter(({ ok }) => !ok);
    expect(bad).toEqual([
      { oracle: 'order', ok: false, detail: '5 looks, 1 findings' },
      { oracle: 'rate', ok: false, detail: 'not looked at' },
    ]);
  });
});
