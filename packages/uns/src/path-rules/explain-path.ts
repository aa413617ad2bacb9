import { cleanPath } from '../segments/segment-policy.ts';
import type { DeviceId, MappedPath } from './mapped-path.ts';
import { createPathMapper } from './path-mapper.ts';
import { matchFields, type PathRule, type PathRules } from './path-rule.ts';
import { matchField } from './rule-match.ts';
import { variablesOf } from './template.ts';

interface PassedOverRule {
  readonly rule: string;
  readonly line: number | null;
  /** Why it was passed over. */
  readonly because: string;
}

/** Which rule made a path, and why none before it did. */
export interface PathExplanation {
  readonly kind: 'device' | 'metric';
  readonly path: MappedPath;
  readonly used: { readonly rule: string; readonly line: number | null; readonly template: string };
  /** What the template put in, as it came and as it stands in the path. */
  readonly variables: readonly { readonly name: string; readonly value: string; readonly clean: string }[];
  readonly passedOver: readonly PassedOverRule[];
}

/** Explains the metric's path when `name` is given, else the device's. For people: the mapper itself does not explain. */
export function explainPath(rules: PathRules, id: DeviceId & { readonly name?: string }): PathExplanation {
  const { name } = id;
  const mapper = createPathMapper(rules).forDevice(id);
  const passedOver: PassedOverRule[] = [];
  for (const rule of rules.rules) {
    const values = new Map<string, string>();
    for (const field of matchFields) values.set(field, id[field] ?? '');
    const template = name === undefined ? rule.device : rule.metric;
    const because = template === null ? 'it is for metrics of certain names' : whyNot(rule, id, values);
    if (because !== null) passedOver.push({ rule: rule.rule, line: rule.line, because });
    if (template === null || because !== null) continue;
    const variables = variablesOf(template).map((variable) => {
      const value = values.get(variable) ?? '';
      return { name: variable, value, clean: cleanPath(value) };
    });
    return {
      kind: name === undefined ? 'device' : 'metric',
      path: name === undefined ? mapper.device : mapper.metric(name),
      used: { rule: rule.rule, line: rule.line, template: template.source },
      variables,
      passedOver,
    };
  }
  throw new Error('the mapping rules do not end with one that matches everything');
}

function whyNot(rule: PathRule, id: DeviceId & { readonly name?: string }, values: Map<string, string>): string | null {
  for (const field of matchFields) {
    const value = id[field];
    const patterns = rule.match[field];
    if (patterns === undefined || value === undefined || matchField(rule.match, field, value, values)) continue;
    const sources = patterns.map(({ source }) => source).join(' or ');
    return `the ${field} ${value} is not ${sources}`;
  }
  return null;
}
