/** Why a device or a metric gets no path, in words for the engineer who has to put it right. */
export const PATH_FAULTS = {
  NAME_NOT_TEXT: {
    means: 'A metric name or topic level holds U+0000 or half of a surrogate pair, which no database text can hold.',
    whatToDo: 'Correct the name at the edge; look for a name read from a device in another character set.',
  },
  NAME_TOO_LONG: {
    means: 'The metric name is longer than 2,000 bytes of UTF-8.',
    whatToDo: 'Shorten the tag path at the edge.',
  },
  SEGMENT_EMPTY: {
    means: 'A topic level, a metric name or what a rule captured of them has no character that a path may hold.',
    whatToDo: 'Give it a name with letters or digits at the edge.',
  },
  SEGMENT_TOO_LONG: {
    means: 'One segment of the path would be longer than 255 bytes of UTF-8.',
    whatToDo: 'Shorten that part of the tag path at the edge.',
  },
  PATH_TOO_LONG: {
    means: 'The path would be longer than 2,000 bytes of UTF-8.',
    whatToDo: 'Shorten the tag path at the edge, or the template of the rule.',
  },
  DATASET_RESERVED: {
    means: 'The first segment of the path names a dataset, a folder of the historian, and is a Windows device name.',
    whatToDo: 'Give the group another first segment by a mapping rule.',
  },
} as const satisfies Record<string, { means: string; whatToDo: string }>;

export type PathFaultReason = keyof typeof PATH_FAULTS;

export type MappedPath =
  | {
      readonly ok: true;
      readonly unsPath: string;
      /** What stands before the name when the path ends with the name as it came; null for every other path. */
      readonly prefix: string | null;
      /** By position: second, third and fourth segment. A device above the plants has none. */
      readonly country: string;
      readonly businessUnit: string;
      readonly plant: string | null;
      /** The title of the rule that made the path. */
      readonly rule: string;
    }
  | { readonly ok: false; readonly reason: PathFaultReason; readonly detail: string };

export interface DeviceId {
  readonly group: string;
  readonly edge: string;
  readonly device: string;
}

export interface MetricId extends DeviceId {
  readonly name: string;
}

export function rejectPath(reason: PathFaultReason, detail: string): MappedPath & { ok: false } {
  return { ok: false, reason, detail };
}

/** Text from the wire, shortened for messages. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
