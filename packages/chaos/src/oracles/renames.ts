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
 * before a birth brought it may wait for ever, and so may one whose new name is the old one of such: nobody can tell whose it is.
 */
export function judgeRenames(plant: Plant, renames: readonly DeclaredRename[]): Finding[] {
  const waiting = renames.filter((rename) => rename.state === 'pending');
  const mayWait = ({ device, oldName, newName }: DeclaredRename, seen: readonly string[] = []): boolean => {
    const tags = plant.tagsOf(device);
    if (!tags.has(newName) || tags.has(oldName)) return true;
    if (seen.includes(newName)) return false;
    return waiting.some(
      (other) => other.device === device && other.oldName === newName && mayWait(other, [...seen, newName]),
    );
  };
  return renames.flatMap((rename): Finding[] => {
    const detail = objection(rename, () => mayWait(rename));
    if (detail === null) return [];
    const { device, oldName, newName } = rename;
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

function objection({ state, note, hasLineage }: DeclaredRename, mayWait: () => boolean): string | null {
  if (state === 'applied') return hasLineage ? null : 'it has come about, and the lineage does not tell';
  if (state === 'pending' && mayWait()) return null;
  return `it is ${state}: ${note ?? 'no birth has decided on it'}`;
}
