type Integer = number | bigint;

export type ScalarInput = string | number | bigint | boolean | Uint8Array;

/** A property with a value, with a set of properties (PropertySet), or with a list of sets (PropertySetList). */
export type PropertyInput =
  | {
      key: string;
      /** A Sparkplug datatype, 1-15, 17 or 18. */
      type: number;
      /** Null is sent as null. */
      value: ScalarInput | null;
    }
  | { key: string; set: readonly PropertyInput[] }
  | { key: string; list: readonly (readonly PropertyInput[])[] };

export interface DataSetInput {
  columns: readonly string[];
  types: readonly number[];
  /** A null cell is sent without a value. */
  rows: readonly (readonly (ScalarInput | null)[])[];
}

export interface TemplateInput {
  isDefinition: boolean;
  templateRef?: string;
  version?: string;
  parameters?: readonly { name: string; type: number; value: ScalarInput }[];
  metrics: readonly MetricInput[];
}

export type ArrayInput = readonly (number | bigint | boolean | string)[];

export interface MetricInput {
  name?: string;
  alias?: Integer;
  /** Milliseconds since 1970 UTC. */
  timestamp?: Integer;
  datatype: number;
  isHistorical?: boolean;
  isTransient?: boolean;
  /** As the datatype asks. Null is sent as null; left out, neither a value nor a null is sent. */
  value?: ScalarInput | ArrayInput | DataSetInput | TemplateInput | null;
  properties?: Iterable<PropertyInput>;
  /** Sent as `metadata.description`. */
  description?: string;
}

export interface BirthInput {
  /** Milliseconds since 1970 UTC. */
  timestamp?: Integer;
  seq?: number;
  metrics: Iterable<MetricInput>;
}
