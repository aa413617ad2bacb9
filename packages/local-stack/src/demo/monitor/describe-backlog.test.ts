import { describe, expect, it } from '@jest/globals';
import { exampleFigures } from '../testing/example-figures.ts';
import { backlogText } from './describe-backlog.ts';

describe('the backlog in words', () => {
  it('says how much is where, with examples and their reasons', () => {
    const parity = { matched: 4390, total: 4401, current: true, differences: ['Secil.a: Canary has no such tag'] };
    const stuck = [
      { canaryId: 'Secil.a', state: 'pending', failure: { reason: 'TAG_NOT_FOUND', detail: 'in no dataset' } },
      { canaryId: 'Secil.b', state: 'in flight', failure: null },
    ];
    expect(backlogText(exampleFigures(parity), stuck).split('\n')).toEqual([
      '128 metrics pending, 0 in flight, 0 failed; 4390 of 4401 metrics are the same in Canary.',
      '  Secil.a is pending (TAG_NOT_FOUND: in no dataset)',
      '  Secil.b is in flight',
      '  Secil.a: Canary has no such tag',
    ]);
  });
});
