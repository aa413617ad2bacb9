import type { TagIndexLimits } from './compact-tag-index.ts';

export interface DatasetIndexPolicy {
  /** How often `browseStatus` is asked whether the set of tags changed; ms. */
  readonly pollMs: number;
  /** The index is read again at this age even when no sequence moved; ms. */
  readonly maxAgeMs: number;
  /** Tags per page. A page of 2,000 blocks the process for some 5 ms; slots that fall into it are lost. */
  readonly pageSize: number;
  /** For this long a tag that no search found is not searched again; ms. */
  readonly notFoundTtlMs: number;
  /** Requests spent on searches for single tags, for all series together. */
  readonly searches: { readonly calls: number; readonly perMs: number; readonly atOnce: number };
  /** Before reading the index again after a failure. */
  readonly buildBackoff: { readonly baseMs: number; readonly capMs: number };
  /** For all series together. While an index is read again the old one is held too, so memory is twice this at most. */
  readonly limits: TagIndexLimits;
}

export const defaultDatasetIndexPolicy: DatasetIndexPolicy = {
  pollMs: 30_000,
  maxAgeMs: 15 * 60_000,
  pageSize: 2_000,
  notFoundTtlMs: 60_000,
  searches: { calls: 240, perMs: 60_000, atOnce: 4 },
  buildBackoff: { baseMs: 500, capMs: 10_000 },
  limits: { maxTags: 2_000_000, maxBytes: 512 * 1024 * 1024 },
};
