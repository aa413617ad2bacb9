import { describe, expect, it } from '@jest/globals';
import { ClientOptionsError } from '../client-options-error.ts';
import { DatasetGuard, datasetOf, GuardRailError } from './dataset-guard.ts';

describe('the guard rail around datasets', () => {
  it.each(['Secil.a.b', 'Test2.a', 'test.a', 'Testing.a', ' Test.a', 'Test', 'Test.', '.Test.a', ''])(
    'in Test mode %p is refused',
    (tag) => {
      expect(() => new DatasetGuard('Test').check(tag)).toThrow(GuardRailError);
    },
  );

  it('in Test mode the Test dataset is allowed', () => {
    expect(() => new DatasetGuard('Test').check('Test.a.b')).not.toThrow();
  });

  it.each(['Secil.a', 'Secil2.a.b', 'Test.a'])('outside Test mode %p is allowed', (tag) => {
    expect(() => new DatasetGuard(null).check(tag)).not.toThrow();
  });

  it.each(['Secil', 'Secil.', '.a', ''])('outside Test mode too, %p is no tag', (tag) => {
    expect(() => new DatasetGuard(null).check(tag)).toThrow(GuardRailError);
  });

  it('Test mode cannot be switched on for a production dataset', () => {
    for (const name of ['Secil', 'test', 'Test.a', 'Test ', 'Test*', '', 'MyTest']) {
      expect(() => new DatasetGuard(name)).toThrow(ClientOptionsError);
    }
    for (const name of ['Test', 'Test2', 'Test Metadata']) expect(new DatasetGuard(name).testMode).toBe(true);
    expect(new DatasetGuard(null).testMode).toBe(false);
  });

  it('the error names the tag', () => {
    expect(() => new DatasetGuard('Test').check('Secil.a')).toThrow(
      expect.objectContaining({ tag: 'Secil.a', message: expect.stringContaining('allows Test only') }),
    );
  });
});

it.each([
  ['Secil.a.b', 'Secil'],
  ['Secil', null],
  ['.a', null],
  ['Secil.', null],
])('the dataset of %p is %p', (tag, dataset) => {
  expect(datasetOf(tag)).toBe(dataset);
});
