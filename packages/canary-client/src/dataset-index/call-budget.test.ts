import { expect, it } from '@jest/globals';
import { ManualTiming } from '../testing/manual-timing.ts';
import { CallBudget } from './call-budget.ts';

it('gives out its calls once per period', async () => {
  const timing = new ManualTiming();
  const budget = new CallBudget({ calls: 2, perMs: 1_000, monotonic: () => timing.monotonic() });
  expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
  await timing.advance(999);
  expect(budget.take()).toBe(false);
  await timing.advance(1);
  expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
});
