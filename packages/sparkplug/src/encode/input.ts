type Integer = number | bigint;

export type ScalarInput = string | number | bigint | boolean | Uint8Array;

export interface PropertyInput {
  key: string;
  /** A Sparkplug datatype: 1-15, 20 (value is a list of properties), 21 (a list of such lists); Bytes and File too. */
  type: number;
  /** Null is sent as null. */
  value: ScalarInput | null | readonly PropertyInput[] | readonly (readonly PropertyInput[])[];
}

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
