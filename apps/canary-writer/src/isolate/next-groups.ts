import { namedTags } from './named-tags.ts';

/** Tags that go into one request, and how often they were halved to get there. */
export interface Group<T> {
  readonly tags: readonly T[];
  readonly level: number;
}

/** 100 tags are single ones after 7 halvings. */
const mostLevels = 7;

export type Split<T> =
  | { split: 'groups'; groups: Group<T>[] }
  /** Nothing left to part: the tags are what Canary refuses. */
  | { split: 'found' };

/**
 * Parts a group that Canary refused. Tags that its text names go into requests of their own, so that each gets its own answer, and the
 * others into one; without a name, two halves.
 */
export function nextGroups<T extends { readonly tag: string }>(group: Group<T>, messages: readonly string[]): Split<T> {
  const { tags, level } = group;
  if (tags.length === 1 || level === mostLevels) return { split: 'found' };
  const named = namedTags(
    messages,
    tags.map(({ tag }) => tag),
  );
  if (named.size > 0 && named.size < tags.length) {
    const others = tags.filter(({ tag }) => !named.has(tag));
    const alone = tags.filter(({ tag }) => named.has(tag)).map((tag) => ({ tags: [tag], level }));
    return { split: 'groups', groups: [{ tags: others, level }, ...alone] };
  }
  const middle = Math.ceil(tags.length / 2);
  const halves = [tags.slice(0, middle), tags.slice(middle)];
  return { split: 'groups', groups: halves.map((half) => ({ tags: half, level: level + 1 })) };
}
