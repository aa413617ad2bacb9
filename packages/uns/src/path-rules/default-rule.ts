import {
  LEAST_DEVICE_SEGMENTS,
  LEAST_METRIC_SEGMENTS,
  toPathRules,
  type PathRule,
  type PathRules,
} from './path-rule.ts';
import { parseTemplate, type Template } from './template.ts';

/** Stands behind the rules of every file. */
export const defaultRule: PathRule = {
  rule: 'default',
  line: null,
  match: {},
  device: valid('{group}/{edge}/{device}', LEAST_DEVICE_SEGMENTS),
  metric: valid('{group}/{edge}/{device}/{name}', LEAST_METRIC_SEGMENTS),
};

export const defaultPathRules: PathRules = toPathRules(null, [], defaultRule);

function valid(source: string, leastSegments: number): Template {
  const parsed = parseTemplate(source, leastSegments);
  if (!parsed.ok) throw new Error(parsed.reasons.join('; '));
  return parsed.template;
}
