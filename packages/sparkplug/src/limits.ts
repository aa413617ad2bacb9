/** What a payload may cost. Every text limit counts bytes of UTF-8, as they stand on the wire. */
export interface Limits {
  /** Bytes a compressed body may inflate to, whatever the ratio: 30:1 is normal for births. */
  inflatedBytes: number;
  /** Bytes of one metric, its value included. It bounds what is held while a metric is cut by a chunk's end. */
  metricBytes: number;
  /** Metrics of one birth, members of template instances included. */
  metrics: number;
  nameBytes: number;
  /** A property key, nested keys joined. */
  keyBytes: number;
  /** A property's text. */
  stringBytes: number;
  /** Properties of one metric, nested ones included. */
  properties: number;
  /** How deep property sets may stand in property sets, and templates in templates; how often definitions may be derived. */
  depth: number;
  /** Faults kept per metric; the ones after it are dropped. */
  faultsPerMetric: number;
  /** Template definitions of one edge node with their members, and bytes of all these definitions. */
  templateMembers: number;
  templateBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  inflatedBytes: 1024 ** 3,
  metricBytes: 64 * 1024 ** 2,
  metrics: 2_000_000,
  nameBytes: 4_096,
  keyBytes: 1_024,
  stringBytes: 64 * 1024,
  properties: 1_000,
  depth: 8,
  faultsPerMetric: 100,
  templateMembers: 100_000,
  templateBytes: 16 * 1024 ** 2,
};
