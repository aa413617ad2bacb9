import type { RebirthReason } from '../rebirth/rebirth-reasons.ts';
import type { BirthResult } from './birth-result.ts';
import type { InterpretedBirth } from './read-with-knowledge.ts';

/**
 * Why the edge node is to be asked for its births again; null when this one will do. `live`: it was published just now, and no other
 * birth of the device has come since.
 */
export function rebirthNeededBy(
  { reading, nodeSeen }: InterpretedBirth,
  result: BirthResult,
  live: boolean,
): RebirthReason | null {
  if (reading.broken !== null) {
    // Somebody cleared a retained birth: that tells nothing of the device.
    if (reading.broken.reason === 'PAYLOAD_EMPTY') return null;
    return reading.metrics === 0 ? 'BIRTH_UNREADABLE' : 'BIRTH_INCOMPLETE';
  }
  // What the broker has kept may be old. What the device says now is what it is, and it will not say it again by itself.
  if (result.kind === 'stale') return live ? 'BIRTH_OUTDATED' : null;
  // After the node's own birth, what it has not defined it does not define.
  if (reading.partialInstances > 0 && !nodeSeen) return 'TEMPLATE_UNKNOWN';
  // The same birth again says that asking has not helped.
  if (reading.names.unresolved > 0 && result.kind === 'written') return 'ALIAS_UNRESOLVED';
  return null;
}

/** The birth counts, and all that it refers to is known, or known not to be there. */
export function leavesNothingOpen({ reading, nodeSeen }: InterpretedBirth, result: BirthResult): boolean {
  if (result.kind === 'stale') return false;
  return reading.broken === null && reading.names.unresolved === 0 && (reading.partialInstances === 0 || nodeSeen);
}
