import { FAULTS, type FaultEffect } from '@uns/sparkplug';
import { PATH_FAULTS, TYPING_FAULTS } from '@uns/uns';

export interface ReasonEntry {
  /** What the fault costs. */
  readonly effect: FaultEffect;
  readonly means: string;
  readonly whatToDo: string;
}

/** What can be wrong with a birth besides its bytes and names. */
const INGEST_FAULTS = {
  DEVICE_PATH_TAKEN: {
    effect: 'birth',
    means: 'The path of the device belongs to another device; nothing of the birth is stored.',
    whatToDo: 'Give one of the two devices another path by a mapping rule.',
  },
  DEVICES_TOO_MANY: {
    effect: 'birth',
    means: 'The device is new, and the store has as many devices as it may; nothing of the birth is stored.',
    whatToDo:
      'Look in `uns_meta.devices` for ids that somebody makes up, and stop that at the broker. If they are genuine, raise INGEST_MAX_DEVICES.',
  },
  BIRTH_OUTDATED: {
    effect: 'birth',
    means:
      'The birth is older than the one stored: a retained message, or a publisher whose clock is behind. In the second case the edge node is asked for another one, ever less often.',
    whatToDo: 'Clear the retained message, or set the clock of the edge. Births are not to be retained.',
  },
  MAILBOX_FULL: {
    effect: 'birth',
    means: 'Too many bytes of births were waiting for the store, so the birth was not taken. A rebirth is asked for.',
    whatToDo: 'Look why the store is slow. If the birth alone is larger, raise INGEST_MAILBOX_BYTES.',
  },
  STORE_REFUSED: {
    effect: 'birth',
    means:
      'PostgreSQL refuses what the birth says, each time anew; nothing of the birth is stored. The entry has its words.',
    whatToDo:
      'Look at the names and values that the words are about and correct them at the edge; report it, because births are checked before.',
  },
  NAME_DUPLICATE: {
    effect: 'metric',
    means: 'Two metrics of one birth have the same name, or stand for the same name by their alias. The first is used.',
    whatToDo: 'Correct the publisher: a name is unique within its device.',
  },
  PATH_TAKEN: {
    effect: 'metric',
    means:
      'Another metric has the path, or one that Canary takes for the same: by case, or by `.` for `/`. The entry names both. It is looked at again when that one moves or is gone.',
    whatToDo: 'Rename one of the two at the edge, or give one another path by a mapping rule.',
  },
  NAME_TAKEN: {
    effect: 'metric',
    means:
      'The name is still that of a metric which this birth renames, and which cannot be renamed because its new path is taken. The entry names both.',
    whatToDo: 'Put the entry PATH_TAKEN of that metric right. This one follows with the next birth.',
  },
  IDENTITY_DUPLICATE: {
    effect: 'noted',
    means:
      'Two metrics of a device have the same value in the identity property (UNS_IDENTITY_PROPERTY). They go by their names.',
    whatToDo: 'Give each tag a value of its own; a copied tag keeps that of its original.',
  },
  IDENTITY_UNDECIDED: {
    effect: 'metric',
    means:
      'The birth broke off, and only the rest of it could tell whether the metric has been renamed: its value in the identity property (UNS_IDENTITY_PROPERTY) is not the one of its name in the store. What is stored stays.',
    whatToDo:
      'Put right what broke the birth off: its entry stands beside this one. The next whole birth brings the metric.',
  },
  ALIAS_SHARED: {
    effect: 'noted',
    means:
      'The device uses aliases that another device of its edge node, or the edge node itself, has given to other metrics. The device goes by its own births first.',
    whatToDo: 'Correct the publisher: an alias is unique within its edge node.',
  },
  ALIASES_TOO_MANY: {
    effect: 'noted',
    means:
      'The birth has more aliases than are kept of one device: 250,000, with names of 16 million characters together. Those beyond are not learned.',
    whatToDo: 'Nothing, as long as births name their metrics.',
  },
} as const satisfies Record<string, ReasonEntry>;

type WithEffect<T> = { [R in keyof T]: T[R] & { effect: FaultEffect } };

function withEffect<T extends Record<string, Omit<ReasonEntry, 'effect'>>>(
  entries: T,
  effect: FaultEffect,
): WithEffect<T> {
  return Object.fromEntries(
    Object.entries(entries).map(([reason, entry]) => [reason, { ...entry, effect }]),
  ) as unknown as WithEffect<T>;
}

/**
 * Every reason for which something is in quarantine, in words for who has to put it right. Where decoder and store have a reason of one
 * name, the decoder's words stand, unless the store's bound is the narrower one.
 */
export const QUARANTINE_REASONS = {
  ...withEffect(TYPING_FAULTS, 'property'),
  ...withEffect(PATH_FAULTS, 'metric'),
  ...FAULTS,
  ...INGEST_FAULTS,
  NAME_TOO_LONG: { ...PATH_FAULTS.NAME_TOO_LONG, effect: 'metric' },
  KEY_TOO_LONG: { ...TYPING_FAULTS.KEY_TOO_LONG, effect: 'property' },
} as const satisfies Record<string, ReasonEntry>;

/** Reasons for which a birth cannot be used: one that can be used, to its end, disproves them. */
export const unusableReasons: readonly string[] = Object.entries<ReasonEntry>(QUARANTINE_REASONS)
  .filter(([, { effect }]) => effect === 'birth')
  .map(([reason]) => reason);

export type QuarantineReason = keyof typeof QUARANTINE_REASONS;
