import { describe, expect, it } from '@jest/globals';
import { parsePathRules } from './parse-path-rules.ts';
import { PathRulesError } from './path-rules-error.ts';

function problemsOf(text: string): string[] {
  try {
    parsePathRules(text, 'rules.yaml');
  } catch (error) {
    if (error instanceof PathRulesError) return error.problems.map(({ line, reason }) => `${line}: ${reason}`);
    throw error;
  }
  return [];
}

const sound = `
version: 1
rules:
  - rule: kilns
    match: { group: Secil, edge: '{plant}-Ignition-Edge', device: [Kiln-*, Mill-*] }
    device: '{group}/Portugal/Cement/{plant}/{device}'
`;

describe('a rules file', () => {
  it('TC-02 reports every problem at once, each with its line', () => {
    const text = `version: 2
extra: 1
rules:
  - rule: Bad Title
    match: { grp: x }
  - rule: wildcards
    match: { edge: '{a}{b}', device: '{group}' }
    device: x
  - rule: texts
    device: '{group}/P:T/{plant}'
  - rule: numbers
    match: { name: 5 }
  - rule: names
    match: { name: '{x}/y' }
    device: a/b/c
    metric: a/b/c/d
  - rule: everything
    device: a/b/{device}
  - rule: names
    match: { device: [ '{x}', '{y}' ] }
    device: '/a.b/{device}'
  - 17
`;
    expect(problemsOf(text)).toEqual([
      '1: version: Invalid input: expected 1',
      '2: "extra" is not known here',
      expect.stringContaining('4: rules #1 rule: a title is lower-case letters'),
      '5: "grp" is not known here',
      '7: rule "wildcards": "{a}{b}" has two wildcards with no text between them',
      '7: rule "wildcards": the capture {group} is taken by group',
      expect.stringContaining('10: rule "texts": "{group}/P:T/{plant}" has text no path may hold ("/P:T/")'),
      '12: rules #4 match name: expected a pattern or a list of patterns',
      '15: rule "names": a rule that matches by name gives metric paths only',
      '16: rule "names": the metrics of a device would meet in one path: use {name} or a capture of it',
      '19: rule "names": the title is taken by line 13',
      '19: rule "names": never reached: rule "everything" matches everything',
      '20: rule "names": the patterns of device capture different names',
      '22: rules #8: Invalid input: expected object, received number',
    ]);
  });

  it.each([
    ['device: a/{device}', /has 2 of at least 3 segments/],
    ['device: a/b/{device}/', /empty segment/],
    ['device: a.b/c/{device}', /names the dataset and holds no dot/],
    ['device: con/c/{device}', /as a dataset "con" is reserved/],
    ['device: a/b/{nobody}', /\{nobody\} is neither captured nor one of \{group\} \{edge\} \{device\}$/],
    ['device: a/b/{name}', /\{name\} is neither captured/],
    ['device: a/b/c', /devices would meet in one path/],
    ['metric: a/b/c/{name}', /a device template is missing/],
    ['match: { name: x }', /needs a metric template/],
    [`device: ${'a/'.repeat(300)}{device}`, /longer than 512/],
  ])('TC-02 refuses %s', (body, reason) => {
    const text = `version: 1\nrules:\n  - rule: r\n    ${body}\n`;
    expect(problemsOf(text)).toContainEqual(expect.stringMatching(reason));
  });

  it('TC-02 may give one device a path without its name', () => {
    expect(problemsOf('version: 1\nrules:\n  - { rule: one, match: { device: Kiln }, device: a/b/c }\n')).toEqual([]);
  });

  it('TC-02 reports broken YAML with its lines, aliases made to explode and what is no rules file at all', () => {
    expect(problemsOf('version: 1\nrules:\n  - rule: a\n   match: {\n')[0]).toMatch(/^4: /);
    expect(problemsOf('version: 1\nversion: 1\nrules: []\n')).toEqual(['2: Map keys must be unique']);
    expect(problemsOf('')).toEqual([expect.stringContaining('1: the file: Invalid input')]);
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [to, from] of ['ba', 'cb', 'dc', 'ed', 'fe']) {
      bomb.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(', ')}]`);
    }
    expect(problemsOf(bomb.join('\n'))).toEqual([expect.stringMatching(/alias/i)]);
  });

  it('TC-02 may be JSON', () => {
    expect(problemsOf(JSON.stringify({ version: 1, rules: [{ rule: 'r', device: 'a/b/{device}' }] }))).toEqual([]);
  });

  it('TC-02 has a digest that moves with meaning, not with titles, comments and layout', () => {
    const { digest } = parsePathRules(sound, 'rules.yaml');
    const retold = sound.replace('rule: kilns', 'rule: kilns-and-mills # both').replaceAll("'", '"');
    expect(parsePathRules(retold, 'other.yaml').digest).toBe(digest);
    expect(parsePathRules(sound.replace('Mill-*', 'Mills-*'), 'rules.yaml').digest).not.toBe(digest);
    expect(parsePathRules(sound.replace('Cement', 'Concrete'), 'rules.yaml').digest).not.toBe(digest);
  });

  it('TC-02 says in its message where to look', () => {
    expect(() => parsePathRules('version: 1\nrules:\n  - { rule: r, device: a/b/c }\n', 'rules.yaml')).toThrow(
      /^The mapping rules cannot be used:\n {2}rules\.yaml:3: rule "r": devices would meet/,
    );
  });
});
