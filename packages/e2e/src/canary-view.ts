import { z } from 'zod';

const statsSchema = z.object({
  requests: z.record(z.string(), z.record(z.string(), z.number())),
  requestsTotal: z.number(),
  maxRequestsPerSecond: z.number(),
  status429: z.number(),
  tvqs: z.number(),
  noDataPoints: z.number(),
  extendedPoints: z.number(),
  staleWrites: z.number(),
  conflictingWrites: z.number(),
  unknownTagWrites: z.number(),
  propertyWrites: z.number(),
  properties: z.number(),
  sessions: z.object({ open: z.number(), opened: z.number(), revoked: z.number() }),
});

const pageSchema = z.object({
  tags: z.array(
    z.object({
      tag: z.string(),
      properties: z.record(
        z.string(),
        z.object({ value: z.union([z.string(), z.number(), z.boolean()]), timestamp: z.string() }),
      ),
    }),
  ),
  cursor: z.string().nullable(),
});

export type CanaryStats = z.infer<typeof statsSchema>;
export type CanaryTags = Map<string, Map<string, string | number | boolean>>;

/** What the simulator holds and has seen. */
export class CanaryView {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async stats(): Promise<CanaryStats> {
    return statsSchema.parse(await this.#get('/sim/stats'));
  }

  /** Requests that wrote, whatever became of them. */
  async writes(): Promise<number> {
    const { requests } = await this.stats();
    return Object.entries(requests)
      .filter(([path]) => path.endsWith('/storeData'))
      .reduce((sum, [, byStatus]) => sum + Object.values(byStatus).reduce((a, b) => a + b, 0), 0);
  }

  /** All tags with their properties; those without any too. */
  async tags(prefix = ''): Promise<CanaryTags> {
    const tags: CanaryTags = new Map();
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: z.infer<typeof pageSchema> = pageSchema.parse(
        await this.#get(
          `/sim/tags?prefix=${encodeURIComponent(prefix)}&limit=5000${cursor === '' ? '' : `&cursor=${cursor}`}`,
        ),
      );
      for (const { tag, properties } of page.tags) {
        tags.set(tag, new Map(Object.entries(properties).map(([name, { value }]) => [name, value])));
      }
      cursor = page.cursor;
    }
    return tags;
  }

  async setFaults(faults: object): Promise<void> {
    await this.#send('PUT', faults);
  }

  async clearFaults(): Promise<void> {
    await this.#send('DELETE');
  }

  async #send(method: string, body?: object): Promise<void> {
    const response = await fetch(new URL('/sim/faults', this.#url), {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} /sim/faults: ${response.status} ${await response.text()}`);
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(new URL(path, this.#url));
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    return response.json();
  }
}
