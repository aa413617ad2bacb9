import type { BirthOutcome, Collision, IdentityFault, SharedAliases } from '@uns/metadata-store';
import type { BirthFault, FaultCollector } from '../quarantine/fault-collector.ts';
import type { QuarantineReason } from '../quarantine/reasons.ts';

/** What became of a birth. */
export type BirthResult =
  | BirthOutcome
  /** The store has it already. */
  | { kind: 'same' }
  /** Nothing of it could be read, or it has no place. */
  | { kind: 'unusable'; reason: QuarantineReason };

/** Adds what the store had against the birth. */
export function addFaults(faults: FaultCollector, result: BirthResult): void {
  switch (result.kind) {
    case 'written':
      for (const collision of result.collisions) faults.add(collisionFault(collision));
      for (const fault of result.identityFaults) faults.add(identityFault(fault));
      break;
    case 'path-taken':
      faults.add({ metric: '', reason: 'DEVICE_PATH_TAKEN', detail: `the path belongs to ${result.holder}` });
      break;
    case 'stale':
      faults.add({
        metric: '',
        reason: 'BIRTH_OUTDATED',
        detail: `a birth of ${result.storedTimestamp.toISOString()} is stored`,
      });
      break;
    case 'no-room':
      faults.add({
        metric: '',
        reason: 'DEVICES_TOO_MANY',
        detail: `the device is new, and ${result.mostDevices} are stored`,
      });
      break;
    case 'same':
    case 'unusable':
      break;
  }
}

function collisionFault({ kind, name, unsPath, holder }: Collision): BirthFault {
  switch (kind) {
    case 'twin':
      return { metric: name, reason: 'NAME_DUPLICATE', detail: 'the name comes a second time' };
    case 'path':
      return { metric: name, reason: 'PATH_TAKEN', detail: `the path ${unsPath} belongs to ${holder}` };
    case 'name':
      return { metric: name, reason: 'NAME_TAKEN', detail: `the name belongs to ${holder}` };
  }
}

function identityFault({ kind, name, value }: IdentityFault): BirthFault {
  return kind === 'shared'
    ? { metric: name, reason: 'IDENTITY_DUPLICATE', detail: `the value ${value} is another metric's too` }
    : { metric: name, reason: 'IDENTITY_UNDECIDED', detail: `the value ${value === '' ? 'is gone' : `is ${value}`}` };
}

export function sharedAliasFault(shared: readonly SharedAliases[]): BirthFault {
  const others = shared.map(({ device, count, alias }) => {
    const more = count > 1 ? ` and ${count - 1} more` : '';
    return `${device === '' ? 'the edge node' : device} has alias ${alias}${more}`;
  });
  return { metric: '', reason: 'ALIAS_SHARED', detail: others.join(', ') };
}
