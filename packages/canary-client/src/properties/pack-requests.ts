import { encodedSize, ENVELOPE_BYTES } from './encoded-properties.ts';
import type { PropertyWrite } from './property-write.ts';

export interface RequestLimits {
  readonly maxTags: number;
  /** Bytes of a whole request body. */
  readonly maxBytes: number;
}

/** The agreed limits. Canary documents none. */
export const defaultRequestLimits: RequestLimits = { maxTags: 100, maxBytes: 1_000_000 };

export interface TagWrites {
  readonly tag: string;
  readonly properties: readonly PropertyWrite[];
}

export interface PackedRequests<T> {
  /** In the order given; none empty. */
  readonly requests: readonly (readonly T[])[];
  /** Tags that fit into no request by themselves, with the bytes each would need. */
  readonly tooLarge: readonly { readonly entry: T; readonly bytes: number }[];
}

/**
 * Packs tags into as few requests as their order allows.
 *
 * @throws GuardRailError for a value that JSON would change.
 */
export function packRequests<T extends TagWrites>(
  entries: Iterable<T>,
  limits: RequestLimits = defaultRequestLimits,
): PackedRequests<T> {
  const room = limits.maxBytes - ENVELOPE_BYTES;
  const requests: T[][] = [];
  const tooLarge: { entry: T; bytes: number }[] = [];
  let open: T[] = [];
  let used = 0;
  for (const entry of entries) {
    const bytes = encodedSize(entry.tag, entry.properties);
    if (bytes > room) {
      tooLarge.push({ entry, bytes: bytes + ENVELOPE_BYTES });
      continue;
    }
    if (open.length === limits.maxTags || used + bytes > room) {
      open = [];
      used = 0;
    }
    if (open.length === 0) requests.push(open);
    open.push(entry);
    used += bytes;
  }
  return { requests, tooLarge };
}
