import type { RenameOutcome } from '../renames/declared-renames.ts';
import type { IdentityFault } from '../renames/identity-fault.ts';
import type { BirthChanges } from './apply-birth.ts';
import type { BirthMetric, DeviceIdentity } from './birth-metric.ts';
import type { ReadFingerprints } from './changed-metrics.ts';
import type { Collision } from './collisions.ts';

export interface Birth {
  device: DeviceIdentity;
  unsPath: string;
  /** The edge's clock; of two births the one with the later time is the newer. */
  timestamp: Date;
  /** Hash of the whole birth; null when it could not be read to its end: then it does not tell which metrics are gone. */
  fingerprint: Buffer | null;
  /**
   * Reads the metrics, the same each time: once for what they are called, and once more for the properties of those that changed. Is told
   * which fingerprints the device has, because the properties of those are not wanted.
   */
  metrics: (
    known: { has(fingerprint: Buffer): boolean },
    only?: (ordinal: number) => boolean,
  ) => AsyncIterable<readonly BirthMetric[]>;
  /**
   * Names of metrics that the birth has and that could not be read: what is stored of them, and of what is below them (`name/...`), stays
   * as it is.
   */
  unread?: readonly string[];
  /** There are metrics of which not even the name could be read: then the birth does not tell which metrics are gone. */
  unidentified?: boolean;
  /** What an earlier reading found, if `metrics` can pick those wanted by their ordinals; null when it cannot. */
  fingerprints?: ReadFingerprints | null;
  /** What the birth, or the births before it, call an alias: metrics stored as `alias:<id>` get their names. */
  nameOfAlias?: (alias: string) => string | null;
  /** A property whose value stays with a metric when its name changes. */
  identityProperty?: string | null;
  /** The mapping rules that made the paths; when the store has others for the groups, the birth is not written. */
  rules?: { groups: readonly string[]; digest: string };
  /** With so many devices in the store, a new one is refused: ids can be made up. */
  mostDevices?: number;
}

export type BirthOutcome =
  | {
      kind: 'written';
      changes: BirthChanges;
      collisions: Collision[];
      identityFaults: IdentityFault[];
      renames: RenameOutcome;
    }
  /** The store holds a newer birth of the device. */
  | { kind: 'stale'; storedTimestamp: Date }
  /** Another device has the path. */
  | { kind: 'path-taken'; holder: string }
  /** The device is new, and the store has as many as it may. */
  | { kind: 'no-room'; mostDevices: number };

export type WrittenBirth = Extract<BirthOutcome, { kind: 'written' }>;
