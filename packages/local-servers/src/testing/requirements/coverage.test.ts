import { describe, expect, it } from '@jest/globals';
import { coverageOf, renderCoverage, uncovered } from './coverage.ts';
import { testsIn } from './test-titles.ts';

/** The text of a file of tests, two of which `off` switches off. */
const sourceWith = (off: string) => `
  import { describe, it } from '@jest/globals';
  describe('TC-01 decoding', () => {
    it('reads a birth', () => {});
    it.${off}('reads TC-02', () => {});
    it.each([['a', 1]])('reads %s', () => {});
  });
  describe.${off}('off', () => { it('TC-02 never runs', () => {}); });
  test.each\`x\${1}\`('DI-01 and SEC-01 together', () => {});
  it(\`CT-01 for \${1 + 1} cases\`, () => { expect('TC-02').toBe('in a body, not a title'); });
  it('TC-99 is a slip', () => {});
`;

const requirements = ['TC-01', 'TC-02', 'DI-01', 'SEC-01', 'CT-01'].map((name) => ({
  id: name,
  meaning: `what ${name} asks`,
}));

describe('the table of requirements', () => {
  it.each(['skip', 'todo', 'failing'])(
    'takes ids from the titles of tests and of the suites around them, leaving out those switched off by %s',
    async (off) => {
      const coverage = coverageOf(requirements, await testsIn('a.test.ts', sourceWith(off)));
      expect(coverage.rows.map(({ requirement, tests }) => [requirement.id, tests.map(({ title }) => title)])).toEqual([
        ['TC-01', ['TC-01 decoding > reads a birth', 'TC-01 decoding > reads %s']],
        ['TC-02', []],
        ['DI-01', ['DI-01 and SEC-01 together']],
        ['SEC-01', ['DI-01 and SEC-01 together']],
        ['CT-01', ['CT-01 for ... cases']],
      ]);
      expect(coverage.unknown.map(({ id: name }) => name)).toEqual(['TC-99']);
    },
  );

  it('lists what is required and lacks a test, unknown ids included', async () => {
    const coverage = coverageOf(requirements, await testsIn('a.test.ts', sourceWith('skip')));
    expect(uncovered(coverage, ['TC-01', 'TC-02', 'TC-98'])).toEqual(['TC-02', 'TC-98']);
  });

  it('shows only the gaps when asked', () => {
    const text = renderCoverage(coverageOf(requirements.slice(1, 2), []), true);
    expect(text).toBe('TC-02   missing   what TC-02 asks\n0 of 1 requirements have a test');
  });
});
