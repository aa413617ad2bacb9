import { Datatype } from '@uns/sparkplug';

export type Value = string | number | boolean;

interface Kind {
  datatype: number;
  /** Type and column of the store. */
  type: 'int' | 'long' | 'double' | 'string' | 'boolean';
  /** A value that tells `n`, as far as the type allows. */
  value: (n: number) => Value;
}

const text = (label: string): Kind => ({
  datatype: Datatype.String,
  type: 'string',
  value: (n) => `${label} ${n}`,
});

/** The properties of the workload, one of each type that births have. */
export const propertyKinds = {
  documentation: text('description'),
  engUnit: text('unit'),
  tooltip: text('tip'),
  engHigh: { datatype: Datatype.Double, type: 'double', value: (n) => n + 0.25 },
  level: { datatype: Datatype.Int32, type: 'int', value: (n) => n },
  executionRate: { datatype: Datatype.Int64, type: 'long', value: (n) => n * 1000 },
  retained: { datatype: Datatype.Boolean, type: 'boolean', value: (n) => n % 2 === 0 },
} satisfies Record<string, Kind>;

export type PropertyKey = keyof typeof propertyKinds;
export const propertyKeys = Object.keys(propertyKinds) as PropertyKey[];

export const kindOf = (key: PropertyKey): Kind => propertyKinds[key];
