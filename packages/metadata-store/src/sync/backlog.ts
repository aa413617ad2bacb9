import type { ISql } from 'postgres';

/** How much is under way, for the metrics and the demo. */
export interface Backlog {
  dirty: number;
  due: number;
  inFlight: number;
  dead: number;
  /** Age of the oldest change that is not acknowledged, in seconds; 0 without one. */
  oldestPendingSeconds: number;
}

export async function readBacklog(sql: ISql): Promise<Backlog> {
  const [row] = await sql<Backlog[]>`
    select
      count(*) filter (where dirty_since is not null)::int as dirty,
      count(*) filter (where due_at <= now() and delivery_id is null)::int as due,
      count(*) filter (where delivery_id is not null)::int as "inFlight",
      count(*) filter (where failed_at is not null)::int as dead,
      coalesce(extract(epoch from now() - min(coalesce(pending_since, dirty_since, enqueued_at))), 0)::float8 as "oldestPendingSeconds"
    from uns_meta.metric_sync
    where dirty_since is not null or delivery_id is not null or failed_at is not null`;
  if (row === undefined) throw new Error('the backlog query returned no row');
  return row;
}
