import type { Resolution, TagResolver } from './resolution.ts';
import { tagKey } from './tag-name.ts';

/** Test mode: every tag belongs to one dataset, which is not asked whether it has it. */
export function fixedDatasetResolver(dataset: string): TagResolver {
  const resolve = (canaryId: string): Resolution => {
    const key = tagKey(canaryId);
    return key === null
      ? { outcome: 'notFound', detail: 'the Canary id has one segment only' }
      : { outcome: 'found', tag: `${dataset}.${key}` };
  };
  return {
    resolve: async (canaryIds, signal) => {
      signal.throwIfAborted();
      return new Map(canaryIds.map((canaryId) => [canaryId, resolve(canaryId)]));
    },
  };
}
