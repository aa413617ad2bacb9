import { z } from 'zod';
import { propertyWriteSchema } from './property-write.ts';

/** The metric's key in the store, a 64-bit integer in decimal. */
export const metricIdSchema = z.string().regex(/^[1-9]\d{0,18}$/);

export const writeTagSchema = z.strictObject({
  metricId: metricIdSchema,
  /** The metric's `uns_path` with `.` for `/`. The dataset that holds the tag may differ from its first segment. */
  canaryId: z.string().min(1),
  /** The tag that acknowledged the metric's properties last; null when none has. */
  deliveredTag: z.string().min(1).nullable(),
  properties: z.array(propertyWriteSchema).min(1),
  /** Names in `properties` whose value is the blank of a property that was removed. */
  removed: z.array(z.string().min(1)),
});

/** cdc -> canary-writer. The BullMQ job id is the delivery id. */
export const writeJobSchema = z.strictObject({
  v: z.literal(1),
  deliveryId: z.uuid(),
  /** The device's `uns_path`, for the people who read the queue. */
  device: z.string().min(1),
  createdAt: z.iso.datetime(),
  tags: z.array(writeTagSchema).min(1).max(100),
});

export type WriteTag = z.infer<typeof writeTagSchema>;
export type WriteJob = z.infer<typeof writeJobSchema>;
