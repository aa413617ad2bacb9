import type { PropertyValue } from '@uns/uns';
import type { Sql } from 'postgres';
import {
  deliveredProperties,
  desiredPropertiesWithTime,
  isLeftBehind,
  tagIsAsDelivered,
  writeCanaryTimes,
  type DeliveryPolicy,
} from './desired-state.ts';
import { removedAt } from './removed-properties.ts';

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
  /**
   * When each property was removed that Canary has, or in doubt may have, or that a metric has left behind which had the path before;
   * empty when removed properties are ignored.
   */
  removedAt: Record<string, string>;
  /** A delivery ended without an answer: Canary may hold other values than `delivered` says. */
  inDoubt: boolean;
}

/** One delivery and the metrics whose differences it carries. */
export interface Assignment {
  deliveryId: string;
  metricIds: readonly string[];
}

/** What is to become of the metrics that are due. Those in neither list have nothing to deliver and become clean. */
export interface ClaimDecision {
  assignments: readonly Assignment[];
  /** Metrics that stay due, because there is no room for their deliveries. */
  left: readonly string[];
}

export interface ClaimOptions {
  /** Most metrics in one claim. */
  limit: number;
  /** Most deliveries outstanding at any time, those of all claimers together. */
  maxOutstanding: number;
  policy: DeliveryPolicy;
}

export interface ClaimResult {
  /** Metrics that were due and for which there was room. */
  due: number;
  /** Those of them that have nothing to deliver: clean now. */
  same: number;
  /** Metrics left due for want of room. */
  left: number;
}

const nothing: ClaimResult = { due: 0, same: 0, left: 0 };

/**
 * Claims up to `limit` due metrics in one transaction. `decide` is given them, and for how many deliveries there is room, and says what
 * becomes of each. Claimers take turns, so that the bound holds for all of them together: it is counted in the store, where a delivery
 * is outstanding from its claim to its receipt, whatever Redis has of it.
 */
export function claimDue(
  sql: Sql,
  o: ClaimOptions,
  decide: (due: readonly DueMetric[], room: number) => ClaimDecision,
): Promise<ClaimResult> {
  return sql.begin(async (tx) => {
    // Few rows of large tables, each found by an index. Of a store that was just filled the planner knows nothing yet: it would read all
    // of `metric_sync` for each claim, and sort what is due.
    await tx`
      select pg_advisory_xact_lock(hashtext('uns_meta.claim')), set_config('enable_seqscan', 'off', true),
        set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`;
    // From each delivery to the next one by the index: there are at most a thousand or so, each with a hundred metrics.
    const [outstanding] = await tx<{ count: number }[]>`
      with recursive delivery (id) as (
        (select delivery_id from uns_meta.metric_sync where delivery_id is not null order by delivery_id limit 1)
        union all
        select (select s.delivery_id from uns_meta.metric_sync s where s.delivery_id > delivery.id order by s.delivery_id limit 1)
        from delivery
        where delivery.id is not null
      )
      select count(id)::int as count from delivery`;
    const room = o.maxOutstanding - (outstanding?.count ?? 0);
    if (room <= 0) return nothing;
    // Locked in one statement and read in the next, whose snapshot is newer than the locks. In one statement a row could be locked as a
    // change has just marked it, and its properties be read as they were before: the claim would clear the mark and miss the change.
    const locked = await tx<{ metricId: string }[]>`
      select metric_id as "metricId"
      from uns_meta.metric_sync
      where due_at <= now() and delivery_id is null
      order by due_at
      limit ${o.limit}
      for update skip locked`;
    if (locked.length === 0) return nothing;
    const due = await tx<DueMetric[]>`
      select
        m.metric_id as "metricId",
        m.canary_id as "canaryId",
        d.uns_path as device,
        ${desiredPropertiesWithTime(tx, o.policy, tx`l.renamed_at`)} as desired,
        ${deliveredProperties(tx, o.policy)} as delivered,
        case when ${tagIsAsDelivered(tx)} then s.delivered_tag end as "deliveredTag",
        ${o.policy.removed === 'ignore' ? tx`'{}'::jsonb` : removedAt(tx, o.policy, tx`greatest(s.repair_at, l.renamed_at)`)} as "removedAt",
        s.in_doubt as "inDoubt"
      -- One look into an index for each: "offset 0" leaves the planner no choice. Before a store that was just filled has been analysed,
      -- it joined all metrics to the array instead, and took 12 s for 2,000 metrics of a plant.
      from unnest(${locked.map((row) => row.metricId)}::bigint[]) as claimed (metric_id)
      cross join lateral (select * from uns_meta.metric_sync where metric_id = claimed.metric_id offset 0) as s
      cross join lateral (select * from uns_meta.metrics where metric_id = claimed.metric_id offset 0) as m
      cross join lateral (select * from uns_meta.devices where device_id = m.device_id offset 0) as d
      -- The tag of a metric that was renamed may hold the properties of the one that had its path before, and newer ones: what the
      -- metric brings to its new tag is as of the rename.
      left join lateral (
        select max(changed_at) as renamed_at from uns_meta.metric_path_lineage where metric_id = m.metric_id
      ) as l on true
      where not ${isLeftBehind(tx)}
      order by d.uns_path, m.canary_id`;
    for (const { desired } of due) writeCanaryTimes(desired);
    const { assignments, left } = decide(due, room);
    const leftIds = new Set(left);
    const deliveryOf = new Map(
      assignments.flatMap(({ deliveryId, metricIds }) => metricIds.map((metricId) => [metricId, deliveryId] as const)),
    );
    const settled = locked.map((metric) => metric.metricId).filter((id) => !leftIds.has(id));
    const deliveries = settled.map((id) => deliveryOf.get(id) ?? null);
    await tx`
      update uns_meta.metric_sync s
      set dirty_since = null,
          due_at = null,
          delivery_id = a.delivery_id,
          enqueued_at = case when a.delivery_id is not null then now() end,
          attempts = case when a.delivery_id is not null then s.attempts else 0 end,
          losses = case when a.delivery_id is not null then s.losses else 0 end,
          deferred_since = case when a.delivery_id is not null then s.deferred_since end,
          unknown_since = case when a.delivery_id is not null then s.unknown_since end,
          pending_since = case when a.delivery_id is not null then s.pending_since end,
          repair_at = case when a.delivery_id is not null then s.repair_at end,
          in_doubt = a.delivery_id is not null and s.in_doubt
      from unnest(${settled}::bigint[], ${deliveries}::uuid[]) as a (metric_id, delivery_id)
      where s.metric_id = a.metric_id`;
    return { due: settled.length, same: settled.length - deliveryOf.size, left: leftIds.size };
  });
}
