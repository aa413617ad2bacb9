import { z } from 'zod';
import { problemsOf } from '../canary/envelope.ts';
import { faultSetSchema, type Fault } from '../faults/fault.ts';
import type { Receiver } from '../receiver/receiver.ts';
import type { ControlAnswer } from './historian-control.ts';
import { simulatorStats } from './simulator-stats.ts';

export interface ControlCall {
  readonly query: URLSearchParams;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface RouteAnswer extends ControlAnswer {
  /** Shuts the service's port, which the answer itself may have to go through first. */
  readonly shutDoor?: () => Promise<void>;
}

export type ControlHandler = (receiver: Receiver, call: ControlCall) => Promise<RouteAnswer>;

/** The faults in force, and how often each has applied. */
export interface ShownFaults {
  readonly seed: number | null;
  readonly faults: readonly (Fault & { readonly fired: number })[];
}

const wholeNumber = (fallback: number, max: number) => z.coerce.number().int().min(0).max(max).default(fallback);
const historian = z.string().nullable().default(null);

const tagsQuery = z.strictObject({
  prefix: z.string().default(''),
  limit: wholeNumber(100, 10_000),
  cursor: z
    .string()
    .regex(/^\d+:\d+$/)
    .default('0:0'),
  historian,
});
const historyQuery = z.strictObject({ tag: z.string(), historian });
const requestsQuery = z.strictObject({
  limit: wholeNumber(100, 100_000),
  after: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  path: z.string().optional(),
});
const resetBody = z.strictObject({
  keepTags: z.boolean().default(false),
  keepSessions: z.boolean().default(false),
  keepFaults: z.boolean().default(false),
});
const settingsBody = z.strictObject({
  requestsPerSecond: z.int().min(1).max(1_000_000).optional(),
  apiTokens: z.array(z.string().min(1)).nullable().default(null),
  storeRestOnErrors: z.boolean().nullable().default(null),
});
const nothing = z.strictObject({});

/** Every route of the control API. */
export const controlRoutes: ReadonlyMap<string, ControlHandler> = new Map([
  ['GET /sim/stats', withQuery(nothing, async (receiver) => ok(await simulatorStats(receiver)))],
  ['GET /sim/tags', withQuery(tagsQuery, (receiver, query) => receiver.thread.control({ ask: 'tags', ...query }))],
  ['PUT /sim/tags', (receiver, { body }) => receiver.thread.control({ ask: 'provision', body, now: receiver.now() })],
  ['DELETE /sim/tags', (receiver, { body }) => receiver.thread.control({ ask: 'remove', body, now: receiver.now() })],
  [
    'GET /sim/history',
    withQuery(historyQuery, (receiver, query) => receiver.thread.control({ ask: 'history', ...query })),
  ],
  [
    'GET /sim/requests',
    withQuery(requestsQuery, async (receiver, query) =>
      ok({ requests: receiver.log.last({ path: undefined, ...query }) }),
    ),
  ],
  ['GET /sim/faults', withQuery(nothing, async (receiver) => ok(await showFaults(receiver)))],
  [
    'PUT /sim/faults',
    withBody(faultSetSchema, async (receiver, set) => {
      await receiver.setFaults(set);
      return { ...ok(await showFaults(receiver)), shutDoor: () => receiver.shutDoor() };
    }),
  ],
  [
    'DELETE /sim/faults',
    async (receiver) => {
      await receiver.setFaults(undefined);
      return ok(await showFaults(receiver));
    },
  ],
  [
    'PUT /sim/settings',
    withBody(settingsBody, async (receiver, { requestsPerSecond, ...settings }) => {
      if (requestsPerSecond !== undefined) receiver.requestsPerSecond = requestsPerSecond;
      return receiver.thread.control({ ask: 'settings', ...settings });
    }),
  ],
  [
    'POST /sim/reset',
    withBody(resetBody, async (receiver, { keepFaults, ...kept }) => {
      if (!keepFaults) await receiver.setFaults(undefined);
      receiver.resetCounts();
      return receiver.thread.control({ ask: 'reset', ...kept, now: receiver.now() });
    }),
  ],
]);

async function showFaults(receiver: Receiver): Promise<ShownFaults> {
  const { poisonFired } = await receiver.thread.stats(receiver.now());
  const ofPoison = poisonFired.values();
  const faults = (receiver.plan?.fired ?? []).map(({ fault, fired }) => ({
    ...fault,
    fired: fault.kind === 'tagErrors' ? (ofPoison.next().value ?? 0) : fired,
  }));
  return { seed: receiver.plan?.seed ?? null, faults };
}

function withQuery<S extends z.ZodType>(
  schema: S,
  handle: (receiver: Receiver, query: z.infer<S>) => Promise<RouteAnswer>,
): ControlHandler {
  return async (receiver, call) => {
    const parsed = schema.safeParse(Object.fromEntries(call.query));
    return parsed.success ? handle(receiver, parsed.data) : refused(problemsOf(parsed.error));
  };
}

function withBody<S extends z.ZodType>(
  schema: S,
  handle: (receiver: Receiver, body: z.infer<S>) => Promise<RouteAnswer>,
): ControlHandler {
  return async (receiver, call) => {
    let content: unknown;
    try {
      content = call.body.byteLength === 0 ? {} : JSON.parse(new TextDecoder().decode(call.body));
    } catch {
      return refused(['the body must be JSON']);
    }
    const parsed = schema.safeParse(content);
    return parsed.success ? handle(receiver, parsed.data) : refused(problemsOf(parsed.error));
  };
}

const ok = (content: unknown): ControlAnswer => ({ status: 200, content });
const refused = (problems: readonly string[]): ControlAnswer => ({ status: 400, content: { problems } });
