import type { ISql } from 'postgres';

export interface Debounce {
  /** How long a metric must be quiet before it is delivered, in seconds. */
  debounceSeconds: number;
  /** How long a metric that never gets quiet is kept waiting, in seconds. */
  maxWaitSeconds: number;
}

/**
 * Notes that metrics changed: they are due when quiet for the debounce, at the latest `maxWaitSeconds` after the first change that was
 * not delivered. Time is the database's. Ids of metrics that no longer exist are passed over.
 *
 * Rows are locked in the order of their ids, so that two callers cannot block each other.
 *
 * @returns the number of metrics marked.
 */
export async function markDirty(sql: ISql, metricIds: readonly string[], debounce: Debounce): Promise<number> {
  if (metricIds.length === 0) return 0;
  const result = await sql`
    insert into uns_meta.metric_sync as s (metric_id, dirty_since, due_at, pending_since)
    select m.metric_id, now(), now() + make_interval(secs => ${debounce.debounceSeconds}), now()
    from unnest(${metricIds}::bigint[]) as changed (metric_id)
    join uns_meta.metrics m using (metric_id)
    order by m.metric_id
    on conflict (metric_id) do update set
      dirty_since = coalesce(s.dirty_since, excluded.dirty_since),
      due_at = least(
        excluded.due_at,
        coalesce(s.dirty_since, excluded.dirty_since) + make_interval(secs => ${debounce.maxWaitSeconds})
      ),
      pending_since = coalesce(s.pending_since, excluded.pending_since),
      failed_at = null`;
  return result.count;
}

/**
 * Makes metrics due now, the dead ones too: what an operator's replay does. A metric with a delivery outstanding is left alone.
 *
 * @returns the number of metrics made due.
 */
export async function markDueNow(sql: ISql, metricIds: readonly string[]): Promise<number> {
  if (metricIds.length === 0) return 0;
  const result = await sql`
    insert into uns_meta.metric_sync as s (metric_id, dirty_since, due_at, pending_since)
    select m.metric_id, now(), now(), now()
    from unnest(${metricIds}::bigint[]) as wanted (metric_id)
    join uns_meta.metrics m using (metric_id)
    order by m.metric_id
    on conflict (metric_id) do update set
      dirty_since = coalesce(s.dirty_since, now()),
      due_at = now(),
      pending_since = coalesce(s.pending_since, now()),
      failed_at = null
    where s.delivery_id is null`;
  return result.count;
}
