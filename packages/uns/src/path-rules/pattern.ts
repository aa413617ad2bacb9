/**
 * Patterns match a whole value: text stands for itself, `*` for any run of characters, `{capture}` for a run of at
 * least one that templates may use. Every wildcard takes as little as it can, the last one the rest; all of them may
 * span `/`. A backslash makes the next character plain.
 *
 * There is no backtracking, so no pattern is slow: each literal is searched once, left to right, in what is left.
 */

const MAX_PATTERN_LENGTH = 256;
const MAX_WILDCARDS = 8;

interface Wildcard {
  /** Null for `*`. */
  readonly capture: string | null;
  /** The text that ends the wildcard; empty only for the last one, which runs to the end. */
  readonly until: string;
}

export interface Pattern {
  readonly source: string;
  readonly prefix: string;
  readonly inner: readonly Wildcard[];
  /** The last wildcard, bound to the end of the value; null when the pattern is plain text. */
  readonly last: Wildcard | null;
  readonly captures: readonly string[];
}

/** What the captures of a pattern took, in their order. */
export type Captured = readonly string[];

export type PatternParse = { ok: true; pattern: Pattern } | { ok: false; reason: string };

const CAPTURE_NAME = /^[a-z][a-zA-Z0-9]{0,31}$/;
const TOKEN = /\\(?<escaped>.?)|\{(?<capture>[^{}]*)(?<closed>\}?)|(?<star>\*)|(?<text>[^\\{*]+)/gsu;

export function parsePattern(source: string): PatternParse {
  if (source === '') return { ok: false, reason: 'an empty pattern matches nothing; leave it out to match anything' };
  if (source.length > MAX_PATTERN_LENGTH) {
    return { ok: false, reason: `the pattern is longer than ${MAX_PATTERN_LENGTH} characters` };
  }
  const literals = [''];
  const captures: (string | null)[] = [];
  const literal = (text: string): void => {
    literals.push((literals.pop() ?? '') + text);
  };
  for (const { groups = {} } of source.matchAll(TOKEN)) {
    const { escaped, capture, closed, star, text } = groups;
    if (escaped === '') return { ok: false, reason: `"${source}" ends with a lone backslash` };
    if (capture !== undefined && closed === '') return { ok: false, reason: `"${source}" has a "{" without its "}"` };
    if (capture !== undefined && !CAPTURE_NAME.test(capture)) {
      return { ok: false, reason: `"{${capture}}" is no capture name: a lower-case letter, then letters and digits` };
    }
    if (capture === undefined && star === undefined) {
      literal(escaped ?? text ?? '');
      continue;
    }
    if (captures.length > 0 && literals.at(-1) === '') {
      return { ok: false, reason: `"${source}" has two wildcards with no text between them` };
    }
    captures.push(capture ?? null);
    literals.push('');
  }
  if (captures.length > MAX_WILDCARDS) {
    return { ok: false, reason: `"${source}" has more than ${MAX_WILDCARDS} wildcards` };
  }
  const [prefix = '', ...untils] = literals;
  const inner = untils.map((until, i) => ({ capture: captures[i] ?? null, until }));
  const last = inner.pop() ?? null;
  return { ok: true, pattern: { source, prefix, inner, last, captures: captures.filter((name) => name !== null) } };
}

/** Null when the value does not match. */
export function matchPattern({ prefix, inner, last }: Pattern, value: string): Captured | null {
  if (last === null) return value === prefix ? [] : null;
  if (!value.startsWith(prefix)) return null;
  const captured: string[] = [];
  let position = prefix.length;
  for (const { capture, until } of inner) {
    const end = value.indexOf(until, earliestEnd(position, capture));
    if (end === -1) return null;
    if (capture !== null) captured.push(value.slice(position, end));
    position = end + until.length;
  }
  const end = value.length - last.until.length;
  if (end < earliestEnd(position, last.capture) || !value.endsWith(last.until)) return null;
  if (last.capture !== null) captured.push(value.slice(position, end));
  return captured;
}

function earliestEnd(position: number, capture: string | null): number {
  return capture === null ? position : position + 1;
}
