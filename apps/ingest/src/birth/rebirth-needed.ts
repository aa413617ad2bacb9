import type { RebirthReason } from '../rebirth/rebirth-reasons.ts';
import type { BirthResult } from './birth-result.ts';
import type { InterpretedBirth } from './read-with-knowledge.ts';

/** Why the edge node is to be asked for its births again; null when this one will do. */
export function rebirthNeededBy({ reading, nodeSeen }: InterpretedBirth, result: BirthResult): RebirthReason | null {
  if (reading.broken !== null) {
    // Somebody cleared a retained birth: that tells nothing of the device.
    if (reading.broken.reason === 'PAYLOAD_EMPTY') return null;
    return reading.metrics === 0 ? 'BIRTH_UNREADABLE' : 'BIRTH_INCOMPLETE';
  }
  // After the node's own birth, what it has not defined it does not define.
  if (reading.partialInstances > 0 && !nodeSeen) return 'TEMPLATE_UNKNOWN';
  // The same birth again says that asking has not helped.
  if (reading.names.unresolved > 0 && result.kind === 'written') return 'ALIAS_UNRESOLVED';
  return null;
}

/** All that the birth refers to is known, or known not to be there. */
export function leavesNothingOpen({ reading, nodeSeen }: InterpretedBirth): boolean {
  return reading.broken === null && reading.names.unresolved === 0 && (reading.partialInstances === 0 || nodeSeen);
}
