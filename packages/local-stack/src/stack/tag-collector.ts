import { sleep } from '@uns/service';
import type { Sql } from 'postgres';
import type { StackLog } from './stack-log.ts';

/**
 * Stands in for the collector that brings time series into the historian: in a plant it is what makes the tags, before any metadata is
 * written to them. Here it makes, in the simulator, each tag that the store knows.
 */
class TagCollector {
  readonly #sql: Sql;
  readonly #canaryUrl: string;
  readonly #known = new Set<string>();

  constructor(o: { sql: Sql; canaryUrl: string }) {
    this.#sql = o.sql;
    this.#canaryUrl = o.canaryUrl;
  }

  /** Until aborted. A fault is told once, however often it comes in a row; the next round tries again. */
  async run(signal: AbortSignal, log: StackLog): Promise<void> {
    let seen: string | null = null;
    let fault = '';
    while (!signal.aborted) {
      try {
        seen = await this.#round(seen);
        fault = '';
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        if (text !== fault && !signal.aborted) log.notice(`tags cannot be made in the simulator: ${text}`);
        fault = text;
      }
      await sleep(250, signal).catch(() => undefined);
    }
  }

  /**
   * Takes what was written by transactions from `seen` on; null for everything. Returns the oldest one that was running meanwhile: what
   * it and later ones write is not seen yet.
   */
  async #round(seen: string | null): Promise<string> {
    const [row] = await this.#sql<{ running: string; tags: string[] | null }[]>`
      select pg_snapshot_xmin(pg_current_snapshot())::xid::text as running, array_agg(canary_id) as tags
      from uns_meta.metrics
      where ${seen === null ? this.#sql`true` : this.#sql`age(xmin) <= age(${seen}::text::xid)`}`;
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
    return row.running;
  }
}

/** Makes tags until the function returned is called. */
export function collectTags({ log, ...from }: { sql: Sql; canaryUrl: string; log: StackLog }): () => Promise<void> {
  const collecting = new AbortController();
  const collector = new TagCollector(from).run(collecting.signal, log);
  return async () => {
    collecting.abort(new Error('the stack stops'));
    await collector;
  };
}
