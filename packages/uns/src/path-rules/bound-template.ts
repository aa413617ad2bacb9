import { isLongerThan } from '../segments/byte-length.ts';
import { cleanPath, MAX_PATH_BYTES, MAX_SEGMENT_BYTES } from '../segments/segment-policy.ts';
import { finishPath } from './finish-path.ts';
import { excerpt, rejectPath, type MappedPath } from './mapped-path.ts';
import type { Template, TemplatePart } from './template.ts';

/**
 * A template with the values that are known put in. A value is cleaned before it is put in: empty segments inside it
 * are dropped, but it may not vanish altogether, because place goes by position.
 */
export interface BoundTemplate {
  readonly rule: string;
  readonly parts: readonly TemplatePart[];
  /** Some segment joins a variable with text or another variable, so that it must be cleaned as a whole. */
  readonly joins: boolean;
  /** Set when a known value vanished: so does every path. */
  readonly rejected: (MappedPath & { ok: false }) | null;
}

export function bindTemplate(rule: string, template: Template, known: ReadonlyMap<string, string>): BoundTemplate {
  const parts: TemplatePart[] = [];
  let rejected: BoundTemplate['rejected'] = null;
  for (const part of template.parts) {
    const value = 'variable' in part ? known.get(part.variable) : part.text;
    if (value === undefined) {
      parts.push(part);
      continue;
    }
    const clean = 'variable' in part ? cleanPath(value) : value;
    if ('variable' in part && clean === '') rejected ??= vanished(part.variable, value);
    const before = parts.at(-1);
    if (before !== undefined && 'text' in before) parts.splice(-1, 1, { text: before.text + clean });
    else parts.push({ text: clean });
  }
  const joins = /[^/]\{|\}[^/]/.test(template.source);
  return { rule, parts, joins, rejected };
}

/** `values` of the variables that were not known before. */
export function fillTemplate(bound: BoundTemplate, values: ReadonlyMap<string, string>): MappedPath {
  if (bound.rejected !== null) return bound.rejected;
  let path = '';
  for (const part of bound.parts) {
    if ('text' in part) {
      path += part.text;
      continue;
    }
    const value = values.get(part.variable) ?? '';
    const clean = cleanPath(value);
    if (clean === '') return vanished(part.variable, value);
    path += clean;
  }
  return finishPath(bound.joins ? cleanPath(path) : path, bound.rule);
}

function vanished(variable: string, value: string): MappedPath & { ok: false } {
  return rejectPath('SEGMENT_EMPTY', `{${variable}} is ${excerpt(value)}`);
}

/** The common template, `.../{name}`: all that stands before the name, with its place. */
export interface NamePrefix {
  readonly prefix: string;
  readonly country: string;
  readonly businessUnit: string;
  /** Null when the plant is the first segment of the name. */
  readonly plant: string | null;
  readonly rule: string;
}

/** Null for templates of another form, and for the rare prefix that leaves little room for the name. */
export function namePrefixOf(bound: BoundTemplate): NamePrefix | null {
  const [before, name, ...more] = bound.parts;
  if (bound.rejected !== null || before === undefined || name === undefined || more.length > 0) return null;
  if (!('text' in before) || !before.text.endsWith('/') || !('variable' in name) || name.variable !== 'name')
    return null;
  const path = finishPath(cleanPath(before.text), bound.rule);
  if (!path.ok || path.businessUnit === '') return null;
  if (isLongerThan(MAX_PATH_BYTES - MAX_SEGMENT_BYTES - 1, path.unsPath)) return null;
  const { country, businessUnit, plant, rule } = path;
  return { prefix: `${path.unsPath}/`, country, businessUnit, plant, rule };
}

/** Null when a name needs the long way: cleaned it is empty, or longer than a segment may be. */
export function appendName(known: NamePrefix, name: string, clean: string): MappedPath | null {
  if (clean === '' || isLongerThan(MAX_SEGMENT_BYTES, clean)) return null;
  const { country, businessUnit, rule } = known;
  const unsPath = known.prefix + clean;
  const prefix = clean === name ? known.prefix : null;
  return { ok: true, unsPath, prefix, country, businessUnit, plant: known.plant ?? firstSegmentOf(clean), rule };
}

function firstSegmentOf(name: string): string {
  const end = name.indexOf('/');
  return end === -1 ? name : name.slice(0, end);
}
