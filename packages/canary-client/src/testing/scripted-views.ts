import { systemClock } from '@uns/service';
import { z } from 'zod';
import { HttpDoor } from '../http/http-door.ts';
import { ViewsCalls } from '../views/views-calls.ts';
import { answer, good, startScriptedServer, type ScriptedServer } from './scripted-server.ts';

const requestSchema = z.looseObject({
  path: z.string().optional(),
  search: z.string().optional(),
  maxSize: z.number().optional(),
  continuation: z.string().optional(),
});

/** A read service of a few lines, for what the index does with it. The tests change its tags at will. */
export interface ScriptedViews extends AsyncDisposable {
  readonly views: ViewsCalls;
  /** Tags by dataset, without the dataset. */
  readonly datasets: Map<string, string[]>;
  sequence: number;
  /** The HTTP status of answers, by path; 200 otherwise. */
  readonly status: Map<string, number>;
  /** Awaited by each request before its answer. */
  gate: Promise<void>;
  /** Paths of the requests so far, which are then forgotten. */
  takeLog(): string[];
}

/** @param view Put in front of every tag and dataset path. */
export async function startScriptedViews(view: string | null = null): Promise<ScriptedViews> {
  const datasets = new Map<string, string[]>();
  const status = new Map<string, number>();
  const inView = (name: string): string => (view === null ? name : `${view}.${name}`);
  let log: string[] = [];

  const handlers: { readonly [path: string]: (request: z.infer<typeof requestSchema>) => object } = {
    '/browseStatus': () => ({ views: { [view ?? 'All']: { sequence: scripted.sequence } } }),
    '/browseNodes': ({ path }) => ({
      nodes:
        path === (view ?? '')
          ? Object.fromEntries(
              [...datasets.keys()].map((name) => [name, { fullPath: inView(name), hasNodes: true, hasTags: false }]),
            )
          : {},
    }),
    '/browseTags': ({ path, search, maxSize, continuation }) => {
      const words = (search ?? '').toLowerCase().split(' ');
      const tags = [...datasets]
        .filter(([name]) => inView(name) === path)
        .flatMap(([name, keys]) => keys.map((key) => inView(`${name}.${key}`)))
        .filter((tag) => words.every((word) => tag.toLowerCase().includes(word)));
      const from = Number(continuation ?? 0);
      const to = from + (maxSize ?? 10_000);
      return { tags: tags.slice(from, to), continuation: to < tags.length ? String(to) : null };
    },
  };

  const server: ScriptedServer = await startScriptedServer((request, response) => {
    log.push(request.path);
    const handle = handlers[request.path];
    const body = handle?.(requestSchema.parse(JSON.parse(request.body))) ?? {};
    void scripted.gate.then(() => answer(response, { ...good, ...body }, status.get(request.path) ?? 200));
  });
  const door = new HttpDoor({
    service: 'views',
    baseUrl: server.url,
    allowHttp: true,
    maxSockets: 8,
    attemptTimeoutMs: 5_000,
    maxResponseBytes: 1e7,
    admit: async () => undefined,
    onCall: () => undefined,
    clock: systemClock,
  });
  const scripted: ScriptedViews = {
    views: new ViewsCalls({ door, apiToken: () => 'token' }),
    datasets,
    sequence: 1,
    status,
    gate: Promise.resolve(),
    takeLog() {
      const taken = log;
      log = [];
      return taken;
    },
    async [Symbol.asyncDispose]() {
      door.close();
      await server[Symbol.asyncDispose]();
    },
  };
  return scripted;
}
