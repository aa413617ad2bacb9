import type { Histories } from './expected-history.ts';
import { show, type Finding } from './finding.ts';

export interface Point {
  readonly timestamp: string;
  readonly value: unknown;
}

/**
 * Values may be passed over, because changes are coalesced. But each point must be a later state of the store than the one before it: an
 * older one would be stale, the same one a duplicate, and one the store never had an invention.
 */
export function judgeOrder(
  tag: string,
  history: Readonly<Record<string, readonly Point[]>>,
  expected: Histories,
): Finding[] {
  const findings: Finding[] = [];
  for (const [property, points] of Object.entries(history)) {
    // To begin with there is nothing, which an empty text says too.
    const values = ['', ...(expected.get(tag)?.get(property) ?? [])];
    let next = 0;
    for (const [index, { timestamp, value }] of points.entries()) {
      const found = values.indexOf(value, next);
      if (found !== -1) {
        next = found + 1;
        continue;
      }
      const what = !values.includes(value)
        ? 'the store never had it'
        : points[index - 1]?.value === value
          ? 'it is there twice, and the store had it once'
          : 'the store had it before what Canary showed before';
      const shown = points.slice(Math.max(0, index - 2), index + 1).map((point) => show(point.value));
      const had = values.slice(-6).map(show);
      const detail = `Canary took ${show(value)} of ${timestamp}: ${what}; it showed ${shown.join(', ')}, the store had ${had.join(', ')}`;
      findings.push({ oracle: 'order', tag, property, detail });
      break;
    }
  }
  return findings;
}
