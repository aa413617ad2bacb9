import type { FoundTest } from './test-titles.ts';

export interface Requirement {
  id: string;
  meaning: string;
}

export interface Coverage {
  rows: { requirement: Requirement; tests: FoundTest[] }[];
  /** Tests naming an id that is not in the list: a slip of the pen, or a list out of date. */
  unknown: { id: string; test: FoundTest }[];
}

const idPattern = /\b(?:TC|DI|CT|SEC|OBS)-\d\d\b/g;

/** Which tests name which requirement; a title may name several. */
export function coverageOf(requirements: readonly Requirement[], tests: readonly FoundTest[]): Coverage {
  const byId = new Map(requirements.map((requirement) => [requirement.id, { requirement, tests: [] as FoundTest[] }]));
  const unknown: Coverage['unknown'] = [];
  for (const test of tests) {
    for (const id of new Set(test.title.match(idPattern))) {
      const row = byId.get(id);
      if (row === undefined) unknown.push({ id, test });
      else row.tests.push(test);
    }
  }
  return { rows: [...byId.values()], unknown };
}

/** Ids of `wanted` that no test names. An id that is not in the list counts as such. */
export function uncovered({ rows }: Coverage, wanted: readonly string[]): string[] {
  return wanted.filter((id) => !rows.some((row) => row.requirement.id === id && row.tests.length > 0));
}

export function renderCoverage({ rows, unknown }: Coverage, onlyMissing: boolean): string {
  const missing = rows.filter(({ tests }) => tests.length === 0);
  const shown = onlyMissing ? missing : rows;
  return [
    ...shown.flatMap(({ requirement, tests }) => [
      `${requirement.id.padEnd(8)}${countOf(tests).padEnd(10)}${requirement.meaning}`,
      ...tests.map(({ file, title }) => `          ${file}: ${title}`),
    ]),
    ...unknown.map(({ id, test }) => `${id} is not a requirement: ${test.file}: ${test.title}`),
    `${rows.length - missing.length} of ${rows.length} requirements have a test`,
  ].join('\n');
}

function countOf(tests: readonly FoundTest[]): string {
  if (tests.length === 0) return 'missing';
  return tests.length === 1 ? '1 test' : `${tests.length} tests`;
}
