import { z } from 'zod';
import { historiansNamed, type CanaryState } from '../canary/canary-state.ts';
import { problemsOf } from '../canary/envelope.ts';
import { parseTagName } from '../historian/tag-name.ts';

/** Body of `DELETE /sim/tags`: full tags that shall be gone. */
const schema = z.strictObject({ tags: z.array(z.string()).min(1), historian: z.string().optional() });

export interface Removed {
  /** Tags that are obsolete now, as after `obsoleteTags`: neither browsed nor written, their history kept. */
  readonly removed: number;
}

/** Makes tags obsolete in one historian, or in all. Nothing is removed when any of them is not known. */
export function removeTags(
  canary: CanaryState,
  content: unknown,
  now: number,
): Removed | { readonly problems: string[] } {
  const parsed = schema.safeParse(content);
  if (!parsed.success) return { problems: problemsOf(parsed.error) };
  const { tags, historian } = parsed.data;
  const historians = historiansNamed(canary, historian);
  const names = tags.flatMap((tag) => {
    const result = parseTagName(tag);
    return 'name' in result ? result.name : [];
  });
  const known = names.filter((name) =>
    historians.every(({ tags: set }) => set.dataset(name.dataset)?.number(name.rest) !== undefined),
  );
  if (historians.length === 0 || known.length < tags.length) return { problems: ['not all of the tags are known'] };
  for (const each of historians) each.tags.setObsolete(names, true, now);
  return { removed: tags.length };
}
