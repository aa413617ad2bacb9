import { expect, it } from '@jest/globals';
import { listedKey, tagKey } from './tag-name.ts';

it.each([
  ['Secil.Portugal.Maceira', 'Portugal.Maceira'],
  ['Secil.a', 'a'],
  ['Secil', null],
  ['Secil.', null],
  ['.a', null],
  ['Secil..a', '.a'],
])('the key of %p is %p', (tag, key) => {
  expect(tagKey(tag)).toBe(key);
});

it.each([
  ['Secil2.Portugal.a', null, 'Portugal.a'],
  ['View.Secil2.Portugal.a', 'View', 'Portugal.a'],
  ['Secil2.Portugal.a', 'View', 'Portugal.a'],
  ['View.Secil2.Portugal.a', null, null],
  ['Secil.Portugal.a', null, null],
  ['Secil22.Portugal.a', null, null],
  ['secil2.Portugal.a', null, null],
  ['Secil2', null, null],
  ['Secil2.', null, null],
])('%p listed under the view %p is %p in Secil2', (listed, view, key) => {
  expect(listedKey(listed, 'Secil2', view)).toBe(key);
});
