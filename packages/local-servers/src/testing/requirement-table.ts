import { readFile, glob } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './jest-command.ts';
import { coverageOf, renderCoverage, uncovered } from './requirements/coverage.ts';
import requirements from './requirements/requirements.json' with { type: 'json' };
import { testsIn, type FoundTest } from './requirements/test-titles.ts';

// `pnpm ids [--missing] [--require TC-01,TC-02]`: which tests stand for which requirement.
const { values } = parseArgs({
  options: { missing: { type: 'boolean', default: false }, require: { type: 'string', multiple: true, default: [] } },
});

const tests: FoundTest[] = [];
for await (const file of glob('{apps,packages}/*/src/**/*.test.ts', { cwd: root })) {
  tests.push(...(await testsIn(file, await readFile(join(root, file), 'utf8'))));
}
const coverage = coverageOf(requirements, tests);
process.stdout.write(`${renderCoverage(coverage, values.missing)}\n`);

const lacking = uncovered(coverage, values.require.flatMap((list) => list.split(',')).filter(Boolean));
if (lacking.length > 0) process.stderr.write(`Required and without a test: ${lacking.join(', ')}\n`);
if (lacking.length > 0 || coverage.unknown.length > 0) process.exitCode = 1;
