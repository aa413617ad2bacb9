import { canaryTag } from '../plant/layout.ts';
import type { Plant } from '../plant/plant.ts';
import type { Finding } from './finding.ts';

/** A row of `declared_renames`. */
export interface DeclaredRename {
  device: string;
  oldName: string;
  newName: string;
  state: string;
  note: string | null;
  /** Whether the lineage has the step from the old path to the new one, of the metric that was renamed. */
  hasLineage: boolean;
}

/**
 * Every declared rename has come about and is in the lineage: the metric has kept its identity. One whose new name the edge has dropped
 * before a birth brought it may wait for ever.
 */
export function judgeRenames(plant: Plant, renames: readonly DeclaredRename[]): Finding[] {
  return renames.flatMap(({ device, oldName, newName, state, note, hasLineage }): Finding[] => {
    const tags = plant.tagsOf(device);
    const detail =
      state === 'applied'
        ? hasLineage
          ? null
          : 'it has come about, and the lineage does not tell'
        : state === 'pending' && (!tags.has(newName) || tags.has(oldName))
          ? null
          : `it is ${state}: ${note ?? 'no birth has decided on it'}`;
    if (detail === null) return [];
    return [
      {
        oracle: 'renames',
        tag: canaryTag(device, newName),
        property: null,
        detail: `rename from ${oldName}: ${detail}`,
      },
    ];
  });
}
