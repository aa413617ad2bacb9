import type { CanaryFailure } from '../outcome.ts';

/** Where the properties of a metric are to be written. */
export type Resolution =
  | { readonly outcome: 'found'; readonly tag: string }
  /** More than one dataset holds the tag. `tag` is in the first of the series, whatever order they were found in. */
  | { readonly outcome: 'ambiguous'; readonly tag: string; readonly alsoIn: readonly string[] }
  /** Looked for in the index and by a search of its own. Never to be guessed: the tag may be created one day. */
  | { readonly outcome: 'notFound'; readonly detail: string }
  /** Not in the index, and not searched for now because too many others are. Ask again later. */
  | { readonly outcome: 'unsearched'; readonly detail: string }
  /** Views could not be asked. */
  | { readonly outcome: 'unavailable'; readonly failure: CanaryFailure };

/** Finds the tags of Canary ids. */
export interface TagResolver {
  /** @throws the signal's reason when it is aborted. */
  resolve(canaryIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Resolution>>;
}
