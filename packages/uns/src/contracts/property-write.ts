import { z } from 'zod';

/**
 * A property value as Canary takes it: one JSON scalar. 64-bit integers beyond 2^53, NaN and the infinities have no
 * exact JSON number and travel as strings.
 */
export const propertyValueSchema = z.union([z.string(), z.number(), z.boolean()]);

/** ISO 8601 in UTC with 100 ns digits, the resolution of the historian: `2025-08-26T12:00:00.0000000Z`. */
export const canaryTimestampSchema = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);

/** `[name, timestamp, value]`: one property written to one tag. */
export const propertyWriteSchema = z.tuple([z.string().min(1), canaryTimestampSchema, propertyValueSchema]);

export type PropertyValue = z.infer<typeof propertyValueSchema>;
export type PropertyWrite = z.infer<typeof propertyWriteSchema>;
