export type PropertyType = 'int' | 'long' | 'float' | 'double' | 'string' | 'boolean';

/** One property as it is stored: exactly one typed value. */
export interface StoredProperty {
  readonly key: string;
  readonly type: PropertyType;
  readonly value: string | number | bigint | boolean;
}

/** One metric of a birth, ready to be stored. */
export interface BirthMetric {
  /** Position in the birth; of two metrics that meet in one path, the first keeps it. */
  readonly ordinal: number;
  readonly name: string;
  readonly unsPath: string;
  /** Sparkplug datatype code. */
  readonly datatype: number;
  /** Hash of all that is stored of the metric, and of whether it is `partial`; 16 bytes. */
  readonly fingerprint: Buffer;
  /** Null when the fingerprint is one the device already has: nothing of the metric has changed. */
  readonly properties: readonly StoredProperty[] | null;
  /**
   * The birth could not tell all of the metric's properties (one cannot be read, or a template definition is not
   * known): what is stored and not among them is
   * kept, where it would otherwise count as removed.
   */
  readonly partial?: boolean;
}

export interface DeviceIdentity {
  readonly group: string;
  readonly edge: string;
  readonly device: string;
}
