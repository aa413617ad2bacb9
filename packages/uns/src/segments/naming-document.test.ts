import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parsePathRules } from '../path-rules/parse-path-rules.ts';
import { createPathMapper } from '../path-rules/path-mapper.ts';
import { segmentExamplesTable } from './segment-examples.ts';

describe('docs/naming.md', () => {
  const text = readFileSync(new URL('../../../../docs/naming.md', import.meta.url), 'utf8');

  it('TC-02 shows the examples that are tested', () => {
    const table = /<!-- prettier-ignore-start -->\n(\| name \|[^]*?)\n<!-- prettier-ignore-end -->/.exec(text)?.[1];
    expect(table).toBe(segmentExamplesTable());
  });

  it('TC-02 shows rules that do what it says', () => {
    const rules = parsePathRules(/```yaml\n(version[^]*?)```/.exec(text)?.[1] ?? '', 'docs/naming.md');
    const mapper = createPathMapper(rules);
    expect(mapper.device({ group: 'Secil', edge: 'Maceira-Ignition-Edge', device: 'Kiln-K1' })).toMatchObject({
      unsPath: 'Secil/Portugal/Cement/Maceira/Kiln-K1',
    });
    const alarm = { group: 'Secil', edge: 'Brazil', device: 'Cement', name: 'Adrianopolis/Alarms/High' };
    expect(mapper.metric(alarm)).toMatchObject({ unsPath: 'Secil/Brazil/Cement/Adrianopolis/Alarms/High' });
  });
});
