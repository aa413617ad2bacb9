import { describe, expect, it } from '@jest/globals';
import { explainPath } from './explain-path.ts';
import { parsePathRules } from './parse-path-rules.ts';

const rules = parsePathRules(
  `version: 1
rules:
  - rule: alarms
    match: { group: Secil, name: 'Alarms/{rest}' }
    metric: '{group}/Portugal/Cement/Alarms/{rest}'
  - rule: mills
    match: { device: [Mill-*, Crusher-*] }
    device: '{group}/Portugal/Cement/{device}'
`,
  'rules.yaml',
);
const id = { group: 'Secil', edge: 'Portugal', device: 'Kiln (1)' };

describe('the explanation of a path', () => {
  it('TC-02 names the rule, its template and values, and why each earlier rule was passed over', () => {
    expect(explainPath(rules, { ...id, name: 'Speed' })).toEqual({
      kind: 'metric',
      path: expect.objectContaining({ unsPath: 'Secil/Portugal/Kiln _1_/Speed', rule: 'default' }) as unknown,
      used: { rule: 'default', line: null, template: '{group}/{edge}/{device}/{name}' },
      variables: [
        { name: 'group', value: 'Secil', clean: 'Secil' },
        { name: 'edge', value: 'Portugal', clean: 'Portugal' },
        { name: 'device', value: 'Kiln (1)', clean: 'Kiln _1_' },
        { name: 'name', value: 'Speed', clean: 'Speed' },
      ],
      passedOver: [
        { rule: 'alarms', line: 3, because: 'the name Speed is not Alarms/{rest}' },
        { rule: 'mills', line: 6, because: 'the device Kiln (1) is not Mill-* or Crusher-*' },
      ],
    });
  });

  it('TC-02 agrees with the mapper on which rule it was', () => {
    for (const name of [undefined, 'Alarms/High', 'Alarms/', 'Speed']) {
      for (const device of ['Mill-1', 'Kiln']) {
        const { path, used } = explainPath(rules, { ...id, device, ...(name === undefined ? {} : { name }) });
        expect(path).toMatchObject({ ok: true, rule: used.rule });
      }
    }
  });

  it('TC-02 says that a rule by name has no say in the path of a device', () => {
    const { passedOver } = explainPath(rules, { ...id, device: 'Mill-1' });
    expect(passedOver).toEqual([{ rule: 'alarms', line: 3, because: 'it is for metrics of certain names' }]);
  });
});
