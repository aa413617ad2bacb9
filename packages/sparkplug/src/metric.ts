import type { Fault, MetricFaultReason } from './faults.ts';

/**
 * A property's value. Integers are `number` up to 2^53 - 1 either way and `bigint` beyond, so all 64 bits are exact;
 * DateTime is milliseconds since 1970 UTC; Bytes and File are base64.
 */
export type PropertyScalar = string | number | bigint | boolean;

/** Equal properties of a birth may be one object. */
export interface DecodedProperty {
  /** Nested keys are joined by `/`, list positions included: `limits/0/high`. */
  readonly key: string;
  /** The Sparkplug datatype code, as declared, or as the value says where no valid one was declared. */
  readonly type: number;
  readonly value: PropertyScalar;
  /** A place for what a consumer makes of the property; there where one object stands for all equal properties. */
  memo?: object | undefined;
}

export interface DecodedMetric {
  rejected: false;
  /** Running number within the birth, rejected metrics included, from 0. */
  ordinal: number;
  /** Null when the birth gives an alias only. */
  name: string | null;
  /** Unsigned 64-bit, in decimal. */
  alias: string | null;
  /** As declared; 0 when none was. */
  datatype: number;
  isHistorical: boolean;
  isTransient: boolean;
  /** The metric's value is null. Its properties count all the same. */
  isNull: boolean;
  /** No key twice; null properties are not here. */
  properties: DecodedProperty[];
  /** Faults that cost a property or nothing. */
  faults: readonly Fault[];
}

/** A metric that cannot be used. `name` is cut to an excerpt. */
export interface RejectedMetric {
  rejected: true;
  ordinal: number;
  name: string | null;
  /** Null when it cannot be told. Of what stands in a template instance and has none, the name of that instance. */
  wholeName: string | null;
  alias: string | null;
  reason: MetricFaultReason;
  detail: string;
}

export type BirthMetric = DecodedMetric | RejectedMetric;
