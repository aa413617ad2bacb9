import { describe, expect, it } from '@jest/globals';
import { readOptions, UsageError } from './options.ts';

describe('the command line', () => {
  it('has a length and a seed', () => {
    expect(readOptions([])).toEqual({ seconds: 60, seed: 1, json: false, help: false });
    expect(readOptions(['--', '--seconds', '600', '--seed', '3', '--json'])).toMatchObject({
      seconds: 600,
      seed: 3,
      json: true,
    });
  });

  it('names every flag that is wrong', () => {
    expect(() => readOptions(['--seconds', '0', '--seed', 'x'])).toThrow(/--seconds is "0".*\n--seed is "x"/);
    expect(() => readOptions(['--sed', '1'])).toThrow(UsageError);
  });
});
