import { expect, it } from '@jest/globals';
import { readSample } from './prometheus.ts';

const text = `# HELP births_total Births
births_total{outcome="written",pod="a"} 3
births_total{outcome="same",pod="a"} 4
births_total{outcome="written",pod="b"} 0.5
births 7
`;

it('adds up the samples of a metric', () => {
  expect(readSample(text, 'births_total')).toBe(7.5);
  expect(readSample(text, 'births_total', 'outcome="written"')).toBe(3.5);
  expect(readSample(text, 'births')).toBe(7);
  expect(readSample(text, 'deaths_total')).toBe(0);
});
