/** One JSON scalar. 64-bit integers beyond 2^53, NaN and the infinities are strings. */
export type PropertyValue = string | number | boolean;

/** One property of one tag: its timestamp is ISO 8601 with a zone. */
export type PropertyWrite = readonly [name: string, timestamp: string, value: PropertyValue];

/** Full tags (dataset included) and what to write to each. There is no place for values of the time series. */
export type PropertiesByTag = ReadonlyMap<string, readonly PropertyWrite[]>;
