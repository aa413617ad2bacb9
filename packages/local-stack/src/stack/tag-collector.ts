import { sleep } from '@uns/service';
import type { Sql } from 'postgres';

/** A snapshot from before everything, in PostgreSQL's notation. */
const nothingSeen = '1:1:';

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
    let seen = nothingSeen;
    while (!signal.aborted) {
      try {
        seen = await this.#round(seen);
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
      await sleep(250, signal).catch(() => undefined);
    }
  }

  /** Takes what has been committed since the snapshot; returns the next one. */
  async #round(seen: string): Promise<string> {
    const [row] = await this.#sql<{ snapshot: string; tags: string[] | null }[]>`
      select pg_current_snapshot()::text as snapshot, array_agg(canary_id) as tags
      from uns_meta.metrics
      where not pg_visible_in_snapshot(xmin::text::xid8, ${seen}::text::pg_snapshot)`;
    if (row === undefined) throw new Error('the query for new tags returned no row');
    const fresh = (row.tags ?? []).filter((tag) => !this.#known.has(tag));
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
    return row.snapshot;
  }
}
