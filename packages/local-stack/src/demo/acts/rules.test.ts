import { createPathMapper, parsePathRules } from '@uns/uns';
import { describe, expect, it } from '@jest/globals';
import { noRules, renamingRules } from './rules.ts';

const pathOf = (rules: string, device: string, name: string): string | null => {
  const mapper = createPathMapper(parsePathRules(rules, 'rules.yaml'));
  const path = mapper.forDevice({ group: 'Secil', edge: 'Portugal', device }).metric(name);
  return path.ok ? path.unsPath : null;
};

describe('the mapping rules of the demo', () => {
  it('move the tags of one plant of one device', () => {
    expect(pathOf(noRules, 'Aggregates', 'Outão/KPI/O2 7')).toBe('Secil/Portugal/Aggregates/Outão/KPI/O2 7');
    expect(pathOf(renamingRules.text, 'Aggregates', 'Outão/KPI/O2 7')).toBe(
      'Secil/Portugal/Aggregates/Outão Quarry/KPI/O2 7',
    );
    expect(pathOf(renamingRules.text, 'Aggregates', 'Maceira/KPI/O2 7')).toBe(
      'Secil/Portugal/Aggregates/Maceira/KPI/O2 7',
    );
    expect(pathOf(renamingRules.text, 'Cement', 'Outão/KPI/O2 7')).toBe('Secil/Portugal/Cement/Outão/KPI/O2 7');
  });
});
