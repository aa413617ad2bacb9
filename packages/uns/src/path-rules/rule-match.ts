import { matchPattern } from './pattern.ts';
import type { Match, MatchField } from './path-rule.ts';

/** Whether one field of a rule matches. When it does, what its pattern captured is added to `captures`. */
export function matchField(match: Match, field: MatchField, value: string, captures: Map<string, string>): boolean {
  const patterns = match[field];
  if (patterns === undefined) return true;
  for (const pattern of patterns) {
    const captured = matchPattern(pattern, value);
    if (captured === null) continue;
    for (let i = 0; i < captured.length; i++) captures.set(pattern.captures[i] ?? '', captured[i] ?? '');
    return true;
  }
  return false;
}
