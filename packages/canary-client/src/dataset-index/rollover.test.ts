import { expect, it } from '@jest/globals';
import { rolloverRank, rolloverSeries } from './rollover.ts';

it.each([
  ['Secil', 0],
  ['Secil2', 2],
  ['Secil10', 10],
  ['SecilArchive', null],
  ['Secil 2', null],
  ['Secil02', null],
  ['Secil-2', null],
  ['secil', null],
  ['Other', null],
  ['', null],
])('the rank of %p in the series Secil is %p', (dataset, rank) => {
  expect(rolloverRank(dataset, 'Secil')).toBe(rank);
});

it('a series is ordered by number, not by letter', () => {
  expect(rolloverSeries(['Secil10', 'Secil2', 'Other', 'Secil', 'SecilX', 'Secil3'], 'Secil')).toEqual([
    'Secil',
    'Secil2',
    'Secil3',
    'Secil10',
  ]);
});
