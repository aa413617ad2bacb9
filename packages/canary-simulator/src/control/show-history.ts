import type { Historian } from '../historian/historian.ts';
import { parseTagName } from '../historian/tag-name.ts';
import { showPoint, type ShownPoint } from './list-tags.ts';

export interface TagHistory {
  readonly tag: string;
  /** Every point of each property, oldest first. */
  readonly properties: Readonly<Record<string, readonly ShownPoint[]>>;
  /** Every point of the tag's own values, oldest first. */
  readonly tvqs: readonly ShownPoint[];
}

/** Everything ever stored under the tag; `undefined` when nobody knows it. */
export function showHistory(historian: Historian, tag: string): TagHistory | undefined {
  const parsed = parseTagName(tag);
  if ('problem' in parsed) return undefined;
  const number = historian.tags.dataset(parsed.name.dataset)?.number(parsed.name.rest);
  if (number === undefined) return undefined;
  const properties = Array.from(historian.propertyHistory(number), ([name, points]) => [name, points.map(showPoint)]);
  return {
    tag,
    properties: Object.fromEntries(properties),
    tvqs: historian.valueHistory(number).map(showPoint),
  };
}
