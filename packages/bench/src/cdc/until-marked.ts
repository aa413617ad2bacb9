import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from 'postgres';

const patienceSeconds = 300;

/** Seconds since `sinceMs`, of `performance.now()`, until every metric is marked dirty. */
export async function untilMarked(
  sql: Sql,
  o: { metrics: number; sinceMs: number; signal: AbortSignal },
): Promise<number> {
  for (;;) {
    o.signal.throwIfAborted();
    const seconds = (performance.now() - o.sinceMs) / 1000;
    // The last one is marked last; all are counted only then, because that costs some of what is measured.
    const [row] = await sql<{ count: number }[]>`
      select case
        when exists (select from uns_meta.metric_sync where metric_id = (select max(metric_id) from uns_meta.metrics))
          then (select count(*)::int from uns_meta.metric_sync where dirty_since is not null)
        else 0
      end as count`;
    if (row?.count === o.metrics) return seconds;
    if (seconds > patienceSeconds) throw new Error(`${row?.count} of ${o.metrics} metrics were marked`);
    await delay(5, undefined, { signal: o.signal });
  }
}
