import type { ISql } from 'postgres';

/** Deliveries outstanding for longer than `seconds`, oldest first. */
export async function outstandingDeliveries(sql: ISql, o: { seconds: number; limit: number }): Promise<string[]> {
  const rows = await sql<{ deliveryId: string }[]>`
    select delivery_id as "deliveryId"
    from uns_meta.metric_sync
    where delivery_id is not null and enqueued_at <= now() - make_interval(secs => ${o.seconds})
    group by delivery_id
    order by min(enqueued_at)
    limit ${o.limit}`;
  return rows.map((row) => row.deliveryId);
}

/**
 * Gives deliveries up for lost: their metrics are due now.
 *
 * @returns the number of metrics.
 */
export async function releaseLost(sql: ISql, deliveryIds: readonly string[]): Promise<number> {
  if (deliveryIds.length === 0) return 0;
  const result = await sql`
    with lost as materialized (
      select metric_id from uns_meta.metric_sync where delivery_id = any (${deliveryIds}::uuid[]) order by metric_id for update
    )
    update uns_meta.metric_sync s
    set delivery_id = null, enqueued_at = null, dirty_since = coalesce(s.dirty_since, now()), due_at = now()
    from lost
    where s.metric_id = lost.metric_id`;
  return result.count;
}
