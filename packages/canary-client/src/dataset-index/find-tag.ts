import type { CanaryFailure } from '../outcome.ts';
import type { ViewsCalls } from '../views/views-calls.ts';
import type { Dataset } from './build-index.ts';
import type { CallBudget } from './call-budget.ts';
import { listedKey } from './tag-name.ts';

const PAGE_SIZE = 1_000;
const MAX_PAGES = 3;

export type FindResult =
  | { readonly found: 'yes'; readonly dataset: number }
  /** `nearMiss` differs in letter case only. */
  | { readonly found: 'no'; readonly nearMiss: string | null }
  | { readonly found: 'unsearched'; readonly detail: string }
  | { readonly found: 'unavailable'; readonly failure: CanaryFailure };

/**
 * Searches the datasets for one tag, the newest first: a tag that the index does not know yet is most likely there.
 * One request per dataset as a rule, each taken from the budget.
 */
export async function findTag(
  options: { views: ViewsCalls; datasets: readonly Dataset[]; viewPrefix: string | null; budget: CallBudget },
  key: string,
  signal: AbortSignal,
): Promise<FindResult> {
  const { views, datasets, viewPrefix, budget } = options;
  const lowerCase = key.toLowerCase();
  let nearMiss: string | null = null;
  for (const [number, dataset] of [...datasets.entries()].toReversed()) {
    let after: Parameters<ViewsCalls['browseTags']>[1] = null;
    for (let pages = 0; ; pages++) {
      if (pages === MAX_PAGES) return { found: 'unsearched', detail: 'too many tags contain the words of this one' };
      if (!budget.take()) return { found: 'unsearched', detail: 'too many searches for unknown tags' };
      const request = { path: dataset.path, deep: true, search: key, maxSize: PAGE_SIZE };
      const page = await views.browseTags(request, after, signal);
      if (page.outcome !== 'ok') return { found: 'unavailable', failure: page };
      for (const listed of page.value.tags) {
        const listedAs = listedKey(listed, dataset.name, viewPrefix);
        if (listedAs === key) return { found: 'yes', dataset: number };
        if (listedAs?.toLowerCase() === lowerCase) nearMiss = `${dataset.name}.${listedAs}`;
      }
      after = page.value.continuation;
      if (after === null) break;
    }
  }
  return { found: 'no', nearMiss };
}
