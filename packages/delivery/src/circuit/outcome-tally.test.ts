import { describe, expect, it } from '@jest/globals';
import { OutcomeTally } from './outcome-tally.ts';

describe('OutcomeTally', () => {
  it('counts what the fleet is told, and starts anew', () => {
    const tally = new OutcomeTally();
    for (const verdict of ['server-error', 'success', 'failure', 'neutral', 'server-error'] as const)
      tally.add(verdict);
    expect(tally.take()).toEqual({ successes: 1, failures: 3, serverErrors: 2, run: 2 });
    expect(tally.take()).toEqual({ successes: 0, failures: 0, serverErrors: 0, run: 0 });
  });
});
