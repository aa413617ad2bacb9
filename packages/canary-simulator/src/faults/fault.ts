import { z } from 'zod';
import { apiPaths, sessionPaths, storeDataPath } from '../canary/api-paths.ts';
import { safStatusCodes, viewsStatusCodes } from '../canary/envelope.ts';

const ms = z.int().min(1).max(3_600_000);

/** When a fault applies. All of it optional: without, it applies to every call until it is taken away. */
const when = {
  /** Only calls to these paths. */
  paths: z.array(z.enum(apiPaths)).min(1).optional(),
  /** This part of the calls it could apply to, drawn with the seed. */
  share: z.number().gt(0).max(1).default(1),
  /** At most so many times. */
  count: z.int().min(1).optional(),
  /** For so long after it was set, in ms. */
  forMs: ms.optional(),
};

const retryAfterSeconds = z.int().min(0).max(86_400);

/** One thing that goes wrong. The order in a set counts: delays add up, then the first of the others that applies decides. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** An HTTP 5xx, as from the service or a proxy before it; nothing is stored. */
  z.strictObject({
    kind: z.literal('serverError'),
    status: z.int().min(500).max(599).default(503),
    retryAfterSeconds: retryAfterSeconds.optional(),
    ...when,
  }),
  /** No answer ever; nothing is stored. */
  z.strictObject({ kind: z.literal('hang'), ...when }),
  /** An answer that comes late: `late` stores after the delay, even when the client has left; `atOnce` before it. */
  z.strictObject({ kind: z.literal('slow'), ms, store: z.enum(['late', 'atOnce']).default('late'), ...when }),
  /** The connection is reset before the body is read; nothing is stored. */
  z.strictObject({ kind: z.literal('reset'), ...when }),
  /** The call is carried out, and the connection reset or left without an answer. */
  z.strictObject({ kind: z.literal('lostAnswer'), by: z.enum(['reset', 'hang']).default('reset'), ...when }),
  /** `storeData` with any of these tags is answered with `Errors`. */
  z
    .strictObject({
      kind: z.literal('tagErrors'),
      tags: z.array(z.string().min(1)).default([]),
      contains: z.array(z.string().min(1)).default([]),
      namesTag: z.boolean().default(true),
      ...when,
      paths: z.array(z.literal(storeDataPath)).min(1).optional(),
    })
    .refine((fault) => fault.tags.length + fault.contains.length > 0, {
      message: 'tags or contains must name something',
    }),
  /** `BadSessionToken`; the session is ended as well, as by a restart of the service, unless `endsSession` is false. */
  z.strictObject({
    kind: z.literal('badSessionToken'),
    endsSession: z.boolean().default(true),
    ...when,
    paths: z.array(z.enum(sessionPaths)).min(1).optional(),
  }),
  /** A 429 whatever the rate is. */
  z.strictObject({
    kind: z.literal('tooManyRequests'),
    retryAfterSeconds: retryAfterSeconds.default(1),
    ...when,
  }),
  /** An HTTP 401 or 403. */
  z.strictObject({
    kind: z.literal('denied'),
    status: z.union([z.literal(401), z.literal(403)]).default(401),
    ...when,
  }),
  /** An answer cut off in the middle, HTTP 200; the call is carried out only if `stores`. */
  z.strictObject({ kind: z.literal('malformedJson'), stores: z.boolean().default(false), ...when }),
  /** This envelope instead of the real one; nothing is stored. */
  z.strictObject({
    kind: z.literal('statusCode'),
    statusCode: z.enum([...safStatusCodes, ...viewsStatusCodes]),
    errors: z.array(z.string()).default([]),
    ...when,
  }),
  /** Connections are refused, until `forMs` is over or the faults are replaced through the control port. */
  z.strictObject({ kind: z.literal('down'), forMs: ms.optional() }),
]);

export const faultSetSchema = z.strictObject({
  /** Where the draws for `share` begin: the same seed and the same order of calls give the same faults. */
  seed: z.int().nonnegative().default(1),
  faults: z.array(faultSchema).min(1).max(50),
});

export type Fault = z.infer<typeof faultSchema>;
export type FaultKind = Fault['kind'];
export type FaultSet = z.infer<typeof faultSetSchema>;
/** What a client of the control API may write: everything with a default may be left out. */
export type FaultInput = z.input<typeof faultSchema>;
