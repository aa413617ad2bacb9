import { defaultRule } from './default-rule.ts';
import { PathRulesError, type RuleProblem } from './path-rules-error.ts';
import {
  LEAST_DEVICE_SEGMENTS,
  LEAST_METRIC_SEGMENTS,
  matchFields,
  toPathRules,
  type Match,
  type MatchField,
  type PathRule,
  type PathRules,
} from './path-rule.ts';
import { parsePattern, type Pattern } from './pattern.ts';
import { readRulesDocument, type WrittenRule } from './rules-document.ts';
import { parseTemplate, variablesOf, type Template } from './template.ts';

type Report = (path: readonly (string | number)[], reason: string) => void;

/** Where each variable of a template takes its value from. */
type Variables = ReadonlyMap<string, MatchField>;

/** Throws `PathRulesError` with every problem of the text. `file` is only for messages. */
export function parsePathRules(text: string, file: string): PathRules {
  const document = readRulesDocument(text);
  const problems: RuleProblem[] = [...document.problems];
  const rules: PathRule[] = [];
  const titles = new Map<string, number>([[defaultRule.rule, 0]]);
  let catchAll: PathRule | null = null;

  for (const { index, written } of document.rules) {
    const line = document.lineOf(['rules', index]);
    const report: Report = (path, reason) => {
      problems.push({ line: document.lineOf(['rules', index, ...path]), reason: `rule "${written.rule}": ${reason}` });
    };
    const earlier = titles.get(written.rule);
    if (earlier !== undefined)
      report(['rule'], earlier === 0 ? 'the title is taken' : `the title is taken by line ${earlier}`);
    titles.set(written.rule, line);
    if (catchAll !== null) report([], `never reached: rule "${catchAll.rule}" matches everything`);
    const rule = toRule(written, line, report);
    if (rule === null) continue;
    rules.push(rule);
    if (matchesEverything(rule)) catchAll ??= rule;
  }
  if (problems.length > 0)
    throw new PathRulesError(
      file,
      problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    );
  return toPathRules(file, rules, defaultRule);
}

function matchesEverything({ device, match }: PathRule): boolean {
  return device !== null && Object.values(match).every((patterns) => patterns.some(({ source }) => source === '*'));
}

function toRule(written: WrittenRule, line: number, report: Report): PathRule | null {
  const match = toMatch(written, report);
  if (match === null) return null;
  const variables = variablesIn(match);

  if (written.match.name !== undefined) {
    if (written.device !== undefined) report(['device'], 'a rule that matches by name gives metric paths only');
    if (written.metric === undefined) report([], 'a rule that matches by name needs a metric template');
    const metric = toTemplate('metric', written.metric, LEAST_METRIC_SEGMENTS, variables, report);
    return metric && { rule: written.rule, line, match, device: null, metric };
  }
  if (written.device === undefined) report([], 'a device template is missing');
  const ofDevice = new Map([...variables].filter(([, field]) => field !== 'name'));
  const device = toTemplate('device', written.device, LEAST_DEVICE_SEGMENTS, ofDevice, report);
  if (device !== null && !tellsDevicesApart(match, device, variables)) {
    report(['device'], 'devices would meet in one path: use {device}, a capture of it, or match one device');
  }
  const metricSource = written.metric ?? (device && `${device.source}/{name}`);
  const metric = toTemplate('metric', metricSource, LEAST_METRIC_SEGMENTS, variables, report);
  return device && metric && { rule: written.rule, line, match, device, metric };
}

function toMatch(written: WrittenRule, report: Report): Match | null {
  const match: Partial<Record<MatchField, readonly Pattern[]>> = {};
  const owner = new Map<string, MatchField>(matchFields.map((field) => [field, field]));
  let sound = true;
  const refuse: Report = (path, reason) => {
    sound = false;
    report(path, reason);
  };
  for (const field of matchFields) {
    const sources = written.match[field];
    if (sources === undefined) continue;
    const patterns: Pattern[] = [];
    for (const source of sources) {
      const parsed = parsePattern(source);
      if (parsed.ok) patterns.push(parsed.pattern);
      else refuse(['match', field], parsed.reason);
    }
    match[field] = patterns;
    const captures = patterns.map((pattern) => pattern.captures);
    if (new Set(captures.map((names) => names.toSorted().join())).size > 1) {
      refuse(['match', field], `the patterns of ${field} capture different names`);
    }
    for (const name of captures[0] ?? []) {
      if (owner.has(name)) refuse(['match', field], `the capture {${name}} is taken by ${owner.get(name)}`);
      owner.set(name, field);
    }
  }
  return sound ? match : null;
}

function variablesIn(match: Match): Variables {
  const variables = new Map<string, MatchField>(matchFields.map((field) => [field, field]));
  for (const field of matchFields) {
    const [pattern] = match[field] ?? [];
    for (const capture of pattern?.captures ?? []) variables.set(capture, field);
  }
  return variables;
}

function toTemplate(
  kind: 'device' | 'metric',
  source: string | null | undefined,
  leastSegments: number,
  variables: Variables,
  report: Report,
): Template | null {
  if (source === undefined || source === null) return null;
  const parsed = parseTemplate(source, leastSegments);
  if (!parsed.ok) {
    for (const reason of parsed.reasons) report([kind], reason);
    return null;
  }
  const used = variablesOf(parsed.template);
  for (const name of used.filter((variable) => !variables.has(variable))) {
    report([kind], `{${name}} is neither captured nor one of ${[...variables.keys()].map((v) => `{${v}}`).join(' ')}`);
  }
  if (kind === 'metric' && !used.some((variable) => variables.get(variable) === 'name')) {
    report([kind], 'the metrics of a device would meet in one path: use {name} or a capture of it');
  }
  return parsed.template;
}

function tellsDevicesApart(match: Match, template: Template, variables: Variables): boolean {
  const [pattern, another] = match.device ?? [];
  if (pattern !== undefined && another === undefined && pattern.last === null) return true;
  return variablesOf(template).some((variable) => variables.get(variable) === 'device');
}
