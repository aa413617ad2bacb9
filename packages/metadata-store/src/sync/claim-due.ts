import type { PropertyValue } from '@uns/uns';
import type { Sql } from 'postgres';
import {
  canaryTimestamp,
  deliveredProperties,
  desiredPropertiesWithTime,
  type DeliveryPolicy,
} from './desired-state.ts';

/** A metric that is due: what it should be in Canary, and what Canary has. */
export interface DueMetric {
  metricId: string;
  canaryId: string;
  /** The `uns_path` of its device. */
  device: string;
  /** `{key: [timestamp, value]}`. */
  desired: Record<string, [timestamp: string, value: PropertyValue]>;
  /** `{key: value}` that `deliveredTag` has acknowledged. */
  delivered: Record<string, PropertyValue>;
  /** Null when nothing was delivered yet to the tag the metric has now. */
  deliveredTag: string | null;
  /** When each delivered property that is no longer there was removed; empty when removed properties are ignored. */
  removedAt: Record<string, string>;
}

/** One delivery and the metrics whose differences it carries. */
export interface Assignment {
  deliveryId: string;
  metricIds: readonly string[];
}

export interface ClaimResult {
  /** Metrics that were due. */
  due: number;
  /** Those of them that have nothing to deliver: clean now. */
  same: number;
}

/**
 * Claims up to `limit` due metrics in one transaction. `decide` is given them and says which delivery carries which; those it leaves
 * out become clean. Rows locked by another claim are passed over, so every cdc replica may claim at once.
 */
export function claimDue(
  sql: Sql,
  o: { limit: number; policy: DeliveryPolicy },
  decide: (due: readonly DueMetric[]) => readonly Assignment[],
): Promise<ClaimResult> {
  return sql.begin(async (tx) => {
    // Locked in one statement and read in the next, whose snapshot is newer than the locks. In one statement a row could be locked as a
    // change has just marked it, and its properties be read as they were before: the claim would clear the mark and miss the change.
    const locked = await tx<{ metricId: string }[]>`
      select metric_id as "metricId"
      from uns_meta.metric_sync
      where due_at <= now() and delivery_id is null
      order by due_at
      limit ${o.limit}
      for update skip locked`;
    if (locked.length === 0) return { due: 0, same: 0 };
    const due = await tx<DueMetric[]>`
      select
        m.metric_id as "metricId",
        m.canary_id as "canaryId",
        d.uns_path as device,
        ${desiredPropertiesWithTime(tx, o.policy)} as desired,
        ${deliveredProperties(tx, o.policy)} as delivered,
        case when s.delivered_canary_id = m.canary_id then s.delivered_tag end as "deliveredTag",
        ${o.policy.removed === 'ignore' ? tx`'{}'::jsonb` : removedAt(tx, o.policy)} as "removedAt"
      from uns_meta.metric_sync s
      join uns_meta.metrics m using (metric_id)
      join uns_meta.devices d using (device_id)
      where s.metric_id = any (${locked.map((row) => row.metricId)}::bigint[])
      order by d.uns_path, m.canary_id`;
    const assignments = decide(due);
    const rows = assignments.flatMap((assignment) =>
      assignment.metricIds.map((metricId) => [metricId, assignment.deliveryId] as const),
    );
    await tx`
      update uns_meta.metric_sync s
      set dirty_since = null,
          due_at = null,
          delivery_id = a.delivery_id,
          enqueued_at = case when a.delivery_id is not null then now() end,
          attempts = case when a.delivery_id is null then 0 else s.attempts end,
          deferred_since = case when a.delivery_id is null then null else s.deferred_since end
      from unnest(${due.map((metric) => metric.metricId)}::bigint[]) as claimed (metric_id)
      left join unnest(${rows.map(([id]) => id)}::bigint[], ${rows.map(([, delivery]) => delivery)}::uuid[]) as a (metric_id, delivery_id)
        using (metric_id)
      where s.metric_id = claimed.metric_id`;
    return { due: due.length, same: due.length - rows.length };
  });
}

/**
 * The history says when a property went. It may be silent (a database restored without it): then the time is now, which is later
 * than any value that Canary has of it.
 */
function removedAt(tx: Parameters<typeof deliveredProperties>[0], policy: DeliveryPolicy) {
  return tx`(
    select coalesce(
      jsonb_object_agg(gone.key, ${canaryTimestamp(tx, tx`coalesce(v.changed_at, now())`)}),
      '{}'
    )
    from jsonb_object_keys(${deliveredProperties(tx, policy)}) as gone (key)
    left join lateral (
      select max(changed_at) as changed_at
      from uns_meta.metric_versions v
      where v.metric_id = m.metric_id and v.diff ? gone.key
    ) as v on true
    where not exists (select from uns_meta.metric_properties p where p.metric_id = m.metric_id and p.key = gone.key)
  )`;
}
