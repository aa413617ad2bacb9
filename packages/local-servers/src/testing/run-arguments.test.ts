import { describe, expect, it } from '@jest/globals';
import { parseArguments } from './run-arguments.ts';

describe('the arguments of the test runner', () => {
  it('hands jest everything but its own', () => {
    expect(parseArguments(['packages/uns', '--postgres', '18', '--', '-t', 'TC-06'], {})).toEqual({
      postgresVersion: 18,
      jestArguments: ['packages/uns', '-t', 'TC-06'],
    });
  });

  it('takes the version from the environment, the argument winning', () => {
    expect(parseArguments([], {}).postgresVersion).toBe(16);
    expect(parseArguments([], { UNS_TEST_POSTGRES: '18' }).postgresVersion).toBe(18);
    expect(parseArguments(['--postgres=16'], { UNS_TEST_POSTGRES: '18' }).postgresVersion).toBe(16);
  });

  it('refuses a version there is none of', () => {
    expect(() => parseArguments(['--postgres'], {})).toThrow('must be 16 or 18');
    expect(() => parseArguments(['--postgres', '9'], {})).toThrow('"9"');
  });
});
