import { z } from 'zod';
import { propertyWriteSchema } from './property-write.ts';
import { metricIdSchema } from './write-job.ts';

/** Why a delivery is put off. Each ends with the metric due again, none with data lost. */
export const deferReasons = {
  TAG_NOT_FOUND: 'No dataset holds the tag yet.',
  TAG_MOVED: 'The tag is held by another dataset than the one that acknowledged it last.',
  ATTEMPTS_EXHAUSTED: 'Canary could not be reached in the attempts of this delivery.',
} as const;

/** Why a delivery is given up. Each ends in the dead letters. */
export const failReasons = {
  REJECTED: 'Canary refused the tag or one of its properties.',
  TAG_TOO_LARGE: 'The properties of this one tag exceed the request size limit.',
  GUARD_RAIL: 'The write would have left the Test dataset while Test mode is on.',
} as const;

const keysOf = <T extends Record<string, string>>(table: T) => z.enum(Object.keys(table) as [keyof T & string]);

const tagOf = { metricId: metricIdSchema, canaryId: z.string().min(1) };

export const tagOutcomeSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    ...tagOf,
    outcome: z.literal('delivered'),
    /** The tag written, its dataset included. */
    tag: z.string().min(1),
    properties: z.array(propertyWriteSchema).min(1),
    removed: z.array(z.string().min(1)),
  }),
  z.strictObject({
    ...tagOf,
    outcome: z.literal('deferred'),
    reason: keysOf(deferReasons),
    /** The tag found now, for `TAG_MOVED`. */
    tag: z.string().min(1).nullable(),
    detail: z.string().max(2000),
  }),
  z.strictObject({
    ...tagOf,
    outcome: z.literal('failed'),
    reason: keysOf(failReasons),
    tag: z.string().min(1).nullable(),
    detail: z.string().max(2000),
    /** Bounded excerpts for the engineer who triages the dead letter. They hold no token. */
    request: z.string().max(8000),
    answer: z.string().max(8000),
  }),
]);

/** canary-writer -> cdc: what became of each tag of one write job. */
export const receiptSchema = z.strictObject({
  v: z.literal(1),
  deliveryId: z.uuid(),
  finishedAt: z.iso.datetime(),
  /** HTTP requests spent on this delivery. */
  requests: z.int().nonnegative(),
  outcomes: z.array(tagOutcomeSchema).min(1).max(100),
});

export type DeferReason = keyof typeof deferReasons;
export type FailReason = keyof typeof failReasons;
export type TagOutcome = z.infer<typeof tagOutcomeSchema>;
export type Receipt = z.infer<typeof receiptSchema>;
