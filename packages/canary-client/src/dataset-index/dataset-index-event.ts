import type { CanaryFailure } from '../outcome.ts';
import type { BuiltIndex } from './build-index.ts';

export interface DatasetIndexStats {
  readonly tags: number;
  /** Memory of the index, in bytes. */
  readonly bytes: number;
  /** Oldest first. */
  readonly datasets: readonly string[];
  /** How often a tag was seen in a further dataset. */
  readonly conflicts: number;
  /** Listed tags that are not of their dataset, or cannot be named exactly. */
  readonly ignored: number;
}

/** For logs and metrics. `series` is the name of the first dataset. */
export type DatasetIndexEvent = { readonly series: string } & (
  | { readonly event: 'built'; readonly stats: DatasetIndexStats; readonly ms: number }
  | { readonly event: 'buildFailed'; readonly failure: CanaryFailure }
  | { readonly event: 'statusFailed'; readonly failure: CanaryFailure }
);

export function statsOf({ tags, datasets, foreign }: BuiltIndex): DatasetIndexStats {
  return {
    tags: tags.size,
    bytes: tags.bytes,
    datasets: datasets.map(({ name }) => name),
    conflicts: tags.conflicts,
    ignored: foreign + tags.skipped,
  };
}
