import { sleep } from '@uns/service';
import type { Sql } from 'postgres';

/**
 * Stands in for the collector that brings time series into the historian: in a plant it is what makes the tags, before any metadata is
 * written to them. Here it makes, in the simulator, each tag that the store knows.
 */
export class TagCollector {
  readonly #sql: Sql;
  readonly #canaryUrl: string;
  readonly #known = new Set<string>();

  constructor(o: { sql: Sql; canaryUrl: string }) {
    this.#sql = o.sql;
    this.#canaryUrl = o.canaryUrl;
  }

  /** Until aborted. `onError` hears of a store or simulator that is away; the next round tries again. */
  async run(signal: AbortSignal, onError: (error: unknown) => void): Promise<void> {
    let since = '-infinity';
    while (!signal.aborted) {
      try {
        since = await this.#round(since);
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
      await sleep(250, signal).catch(() => undefined);
    }
  }

  /** Looks back a little further than the last round: transactions commit out of order. */
  async #round(since: string): Promise<string> {
    const rows = await this.#sql<{ tag: string; at: string }[]>`
      select canary_id as tag, updated_at::text as at
      from uns_meta.metrics
      where updated_at > ${since}::text::timestamptz - interval '1 minute'
      order by updated_at`;
    const fresh = rows.filter((row) => !this.#known.has(row.tag)).map((row) => row.tag);
    for (let from = 0; from < fresh.length; from += 10_000) {
      const tags = fresh.slice(from, from + 10_000);
      const response = await fetch(new URL('/sim/tags', this.#canaryUrl), {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ tags }),
        signal: AbortSignal.timeout(10_000),
      });
      if (!response.ok) throw new Error(`the simulator refuses the tags: ${response.status} ${await response.text()}`);
      for (const tag of tags) this.#known.add(tag);
    }
    return rows.at(-1)?.at ?? since;
  }
}
