/** Why an edge node is asked for a rebirth. */
export const REBIRTH_REASONS = {
  CONNECTED:
    'Ingest has connected to the broker. Births are neither kept nor repeated: those of the time before are lost.',
  MAILBOX_FULL: 'A birth was not taken because too many were waiting.',
  BIRTH_UNREADABLE: 'Nothing of a birth could be read.',
  BIRTH_INCOMPLETE: 'A birth broke off in the middle.',
  BIRTH_OUTDATED:
    'A birth that was just published is older than the one stored: the clock of the edge is behind, and may have been set since.',
  ALIAS_UNRESOLVED: 'A birth has metrics with an alias that nobody has named.',
  TEMPLATE_UNKNOWN: 'A device uses template definitions of its edge node, whose birth has not been seen.',
  DEFINITIONS_LATE: 'The definitions have come since, and the births of the devices have not been repeated.',
} as const;

export type RebirthReason = keyof typeof REBIRTH_REASONS;
