import { describe, expect, it } from '@jest/globals';
import { exampleFigures } from '../testing/example-figures.ts';
import { isSettled, type Figures, type MeasuredParity } from './figures.ts';

const same: MeasuredParity = { matched: 10, total: 10, current: true, differences: [] };

function figures(parity: MeasuredParity | null, store: Partial<Figures['store']> = {}): Figures {
  const example = exampleFigures(parity);
  return { ...example, store: { ...example.store, pending: 0, ...store } };
}

describe('everything has arrived', () => {
  it('when nothing is on the way and all was read back', () => {
    expect(isSettled(figures(same))).toBe(true);
  });

  it.each<[string, Figures]>([
    ['a metric is pending', figures(same, { pending: 1 })],
    ['a metric is in flight', figures(same, { inFlight: 1 })],
    ['a delivery has failed for good', figures(same, { dead: 1 })],
    ['nothing was read back', figures(null)],
    ['something has changed since it was read back', figures({ ...same, current: false })],
    ['a metric differs', figures({ ...same, matched: 9 })],
    ['there is nothing at all', figures({ ...same, matched: 0, total: 0 })],
  ])('not when %s', (_what, reading) => {
    expect(isSettled(reading)).toBe(false);
  });
});
