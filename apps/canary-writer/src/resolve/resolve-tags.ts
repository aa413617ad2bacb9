import { describeFailure, type CanaryFailure, type Resolution } from '@uns/canary-client';
import type { TagOutcome, WriteTag } from '@uns/uns';
import { deferred } from '../tag-outcomes.ts';
import type { TagToWrite } from '../tag-to-write.ts';

export interface ResolvedTags {
  writable: TagToWrite[];
  /** Tags that are not written now, and why. */
  settled: TagOutcome[];
  /** Set when not one tag could be looked up: Canary's read service did not answer. */
  unavailable: CanaryFailure | null;
}

/** Sorts the tags of a job by what the lookup of their dataset has found. */
export function sortResolved(tags: readonly WriteTag[], resolutions: ReadonlyMap<string, Resolution>): ResolvedTags {
  const sorted: ResolvedTags = { writable: [], settled: [], unavailable: null };
  let unavailable = 0;
  for (const source of tags) {
    const resolution = resolutions.get(source.canaryId);
    if (resolution === undefined) throw new Error(`the tag of ${source.canaryId} was not looked up`);
    if (resolution.outcome === 'unavailable') {
      unavailable += 1;
      sorted.unavailable = resolution.failure;
      const why = `its dataset could not be looked up: ${describeFailure(resolution.failure)}`;
      sorted.settled.push(deferred(source, 'ATTEMPTS_EXHAUSTED', why));
    } else if (resolution.outcome === 'notFound' || resolution.outcome === 'unsearched') {
      sorted.settled.push(deferred(source, 'TAG_NOT_FOUND', resolution.detail));
    } else if (source.deliveredTag !== null && source.deliveredTag !== resolution.tag) {
      const why = `${source.deliveredTag} was acknowledged last`;
      sorted.settled.push(deferred(source, 'TAG_MOVED', why, resolution.tag));
    } else {
      sorted.writable.push({ source, tag: resolution.tag, properties: source.properties });
    }
  }
  if (unavailable < tags.length) sorted.unavailable = null;
  return sorted;
}
