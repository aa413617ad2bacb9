import type { Fragment, ISql, Sql } from 'postgres';
import { deliveredProperties, desiredProperties, isLeftBehind, type DeliveryPolicy } from './desired-state.ts';

export interface ReconcileStep {
  /** Metrics compared. */
  compared: number;
  /** Metrics made due. */
  repaired: number;
  /** Where the next step starts; null at the end. */
  next: string | null;
}

export interface ReconcileOptions {
  after: string;
  limit: number;
  policy: DeliveryPolicy;
  /**
   * `changes`: some may have passed unseen. What differs is made due; so is what is in flight, because its receipt says nothing of a
   * later change, and what is dead and has changed since it died.
   *
   * `store`: the store itself may have gone back in time (restored, failed over to a standby that was behind), so its own record of what
   * was delivered is in doubt. Everything is delivered again, as of now.
   */
  inDoubt: 'changes' | 'store';
}

/** Compares what metrics should be in Canary with what it has acknowledged, `limit` metrics after the id `after`. */
export async function reconcileStep(sql: Sql, o: ReconcileOptions): Promise<ReconcileStep> {
  const store = o.inDoubt === 'store';
  const [step] = await sql<{ compared: number; repaired: number; last: string | null }[]>`
    with compared as materialized (
      select m.metric_id, m.canary_id, m.uns_path, m.retired_at, m.updated_at
      from uns_meta.metrics m
      where m.metric_id > ${o.after}
      order by m.metric_id
      limit ${o.limit}
    ),
    different as materialized (
      select m.metric_id
      from compared m
      left join uns_meta.metric_sync s using (metric_id)
      where ${
        store
          ? sql`true`
          : sql`s.dirty_since is null and (
              s.delivery_id is not null
              or (s.failed_at is null or ${changedSinceItDied(sql)}) and ${differs(sql, o.policy)}
            )`
      }
      order by m.metric_id
    ),
    repaired as (
      insert into uns_meta.metric_sync as s (metric_id, dirty_since, due_at, pending_since, repair_at, in_doubt)
      select metric_id, now(), now(), now(), case when ${store} then now() end, ${store} from different order by metric_id
      on conflict (metric_id) do update
        set dirty_since = coalesce(s.dirty_since, now()),
            due_at = now(),
            pending_since = coalesce(s.pending_since, now()),
            -- What is in flight was not found wrong: its values keep their times, and are not stored twice.
            repair_at = case when ${store} or s.delivery_id is null and s.delivered_canary_id is not null then now() else s.repair_at end,
            in_doubt = s.in_doubt or ${store},
            -- Without it nothing counts as delivered that would keep its time.
            delivered_at = case when not ${store} then s.delivered_at end,
            failed_at = null
        where s.dirty_since is null or ${store}
      returning 1
    )
    select
      (select count(*)::int from compared) as compared,
      (select count(*)::int from repaired) as repaired,
      (select max(metric_id) from compared) as last`;
  if (step === undefined) throw new Error('the reconcile step returned no row');
  return { compared: step.compared, repaired: step.repaired, next: step.compared < o.limit ? null : step.last };
}

/** Whether the metric `m` should be something in Canary that its row `s` of metric_sync, if any, does not say was delivered. */
export function differs(sql: ISql, policy: DeliveryPolicy): Fragment {
  const [desired, delivered] = [desiredProperties(sql, policy), deliveredProperties(sql, policy)];
  return policy.removed === 'blank'
    ? sql`(${desired} <> coalesce(${delivered}, '{}') and not ${isLeftBehind(sql)})`
    : sql`(not coalesce(${delivered}, '{}') @> ${desired} and not ${isLeftBehind(sql)})`;
}

/** The history knows of removals, which leave no row behind. */
function changedSinceItDied(sql: Sql): Fragment {
  return sql`(
    m.updated_at > s.failed_at
    or exists (select from uns_meta.metric_versions v where v.metric_id = m.metric_id and v.changed_at > s.failed_at)
  )`;
}
