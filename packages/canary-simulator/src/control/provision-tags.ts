import { z } from 'zod';
import { historiansNamed, type CanaryState } from '../canary/canary-state.ts';
import { problemsOf } from '../canary/envelope.ts';
import type { Historian } from '../historian/historian.ts';
import { datasetNameProblem, parseTagName, restProblem, type TagName } from '../historian/tag-name.ts';

/** Body of `PUT /sim/tags`: tags that exist before anybody writes to them, as they do in production. */
const schema = z.strictObject({
  /** Without `dataset`: full tags, whose first level names the dataset or family. With it: only what follows. */
  tags: z.array(z.string()).default([]),
  dataset: z.string().optional(),
  /** Whether tags go on to `Name2`, `Name3`, ... when `Name` is full, or exactly where they say. */
  rollover: z.boolean().default(true),
  /** Datasets to create although they hold no tags. */
  datasets: z.array(z.string()).default([]),
  historian: z.string().optional(),
});

export interface Provisioned {
  readonly added: number;
  /** Tags that one of the datasets had already. */
  readonly existing: number;
  /** Tags in each dataset, obsolete ones included. */
  readonly datasets: Readonly<Record<string, number>>;
}

const maxProblems = 1000;

/** Adds tags to one historian, or to all. Nothing is added when anything is wrong. */
export function provisionTags(
  canary: CanaryState,
  content: unknown,
  now: number,
): Provisioned | { readonly problems: string[] } {
  const parsed = schema.safeParse(content);
  if (!parsed.success) return { problems: problemsOf(parsed.error) };
  const { data } = parsed;
  const historians = historiansNamed(canary, data.historian);
  if (historians.length === 0) return { problems: [`historian "${data.historian}" is not known`] };
  const problems = [...data.datasets, data.dataset ?? []].flat().flatMap((name) => datasetNameProblem(name) ?? []);
  const names: TagName[] = [];
  for (const tag of data.tags) {
    const name = nameOf(tag, data.dataset);
    if (typeof name !== 'string') names.push(name);
    else if (problems.length < maxProblems) problems.push(`"${tag}": ${name}`);
  }
  if (problems.length > 0) return { problems };
  let added = 0;
  for (const historian of historians) {
    for (const dataset of data.datasets) historian.tags.addDataset(dataset, now);
    for (const name of names) if (addTag(historian, name, data.rollover, now)) added += 1;
  }
  return { added, existing: names.length * historians.length - added, datasets: datasetSizes(canary.primary) };
}

export const datasetSizes = (historian: Historian): Record<string, number> =>
  Object.fromEntries(historian.tags.datasets().map((dataset) => [dataset.name, dataset.size]));

/** The name, or what is wrong with it. */
function nameOf(tag: string, dataset: string | undefined): TagName | string {
  if (dataset !== undefined) return restProblem(tag) ?? { dataset, rest: tag };
  const parsed = parseTagName(tag);
  return 'name' in parsed ? parsed.name : parsed.problem;
}

/** Returns whether the tag was added or taken back. */
function addTag(historian: Historian, name: TagName, rollover: boolean, now: number): boolean {
  if (rollover) return historian.tags.addToFamily(name.dataset, name.rest, now);
  return historian.tags.addOrRevive(historian.tags.addDataset(name.dataset, now), name.rest, now);
}
