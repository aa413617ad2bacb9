import { describe, expect, it } from '@jest/globals';
import type { DecodedMetric } from '@uns/sparkplug';
import { PartialInstances } from './partial-instances.ts';

const faults: Record<string, DecodedMetric['faults']> = {
  '?': [{ reason: 'TEMPLATE_UNKNOWN', key: null, detail: '' }],
  '!': [{ reason: 'TEMPLATE_CHAIN_TOO_LONG', key: null, detail: '' }],
};

/** Names in the order of a birth; those that end in `?` have an unknown definition, in `!` one derived too often. Returns those that are partial. */
function partialOf(...names: string[]): string[] {
  const partial = new PartialInstances();
  return names.filter((text) => {
    const name = text.replace(/[?!]/, '');
    const metric: DecodedMetric = {
      rejected: false,
      ordinal: 0,
      name,
      alias: null,
      datatype: 19,
      isHistorical: false,
      isTransient: false,
      isNull: false,
      properties: [],
      faults: faults[text.at(-1) ?? ''] ?? [],
    };
    return partial.includes(metric, name);
  });
}

describe('metrics of which a birth may not tell all', () => {
  it.each<[what: string, names: string[], expected: string[]]>([
    ['none without an unknown definition', ['a', 'm', 'm/x'], []],
    ['an instance and its members', ['a', 'm?', 'm/x', 'm/y', 'n', 'n/x'], ['m?', 'm/x', 'm/y']],
    ['an instance of which not all is inherited', ['m!', 'm/x', 'n'], ['m!', 'm/x']],
    ['a member that is an instance', ['m', 'm/i?', 'm/i/x', 'm/y'], ['m/i?', 'm/i/x']],
    [
      'the rest of the outer instance behind an inner one',
      ['m?', 'm/i?', 'm/i/x', 'm/y', 'n'],
      ['m?', 'm/i?', 'm/i/x', 'm/y'],
    ],
    ['one instance after another', ['m?', 'm/x', 'mm', 'n?', 'n/x', 'm/z'], ['m?', 'm/x', 'n?', 'n/x']],
  ])('are %s', (_what, names, expected) => {
    expect(partialOf(...names)).toEqual(expected);
  });
});
