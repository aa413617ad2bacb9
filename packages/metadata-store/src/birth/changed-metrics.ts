import type { KnownMetrics } from './known-metrics.ts';

/** The fingerprints that an earlier reading of the birth has found, by the ordinals of their metrics. */
export interface ReadFingerprints {
  /** One more than the last ordinal. */
  readonly length: number;
  /** Null for a metric that cannot be stored. */
  at(ordinal: number): Buffer | null;
}

/** What a birth changes, as its fingerprints tell. */
export interface ChangedMetrics {
  has(ordinal: number): boolean;
  /** Ids of the metrics in use that the birth does not have as they are stored. */
  absent: number[];
}

/** A bit for each metric, and 8 bytes for each that is changed or gone. */
export function findChanged(fingerprints: ReadFingerprints, known: KnownMetrics): ChangedMetrics {
  const changed = new Uint8Array((fingerprints.length >> 3) + 1);
  for (let ordinal = 0; ordinal < fingerprints.length; ordinal += 1) {
    const fingerprint = fingerprints.at(ordinal);
    if (fingerprint === null || known.see(fingerprint)) continue;
    changed[ordinal >> 3] = (changed[ordinal >> 3] ?? 0) | (1 << (ordinal & 7));
  }
  return {
    has: (ordinal) => ((changed[ordinal >> 3] ?? 0) & (1 << (ordinal & 7))) !== 0,
    absent: known.absent(),
  };
}
