import type { Fragment, Sql } from 'postgres';
import { deliveredProperties, desiredProperties, type DeliveryPolicy } from './desired-state.ts';

export interface ReconcileStep {
  /** Metrics compared. */
  compared: number;
  /** Metrics that differed with nothing under way to mend it: due now. */
  repaired: number;
  /** Where the next step starts; null at the end. */
  next: string | null;
}

export interface ReconcileOptions {
  after: string;
  limit: number;
  policy: DeliveryPolicy;
  /**
   * Whether changes may have passed unseen. Then what is in flight is marked dirty as well, because its receipt says nothing of a later
   * change, and so is what is dead and has changed since it died. Else both are left to their way.
   */
  changesMayBeMissed: boolean;
}

/**
 * Compares what metrics should be in Canary with what it has acknowledged, `limit` metrics after the id `after`, and makes due those
 * that differ. Metrics that are dirty already are left to their way.
 */
export async function reconcileStep(sql: Sql, o: ReconcileOptions): Promise<ReconcileStep> {
  const [step] = await sql<{ compared: number; repaired: number; last: string | null }[]>`
    with compared as materialized (
      select m.metric_id, m.canary_id, m.updated_at
      from uns_meta.metrics m
      where m.metric_id > ${o.after}
      order by m.metric_id
      limit ${o.limit}
    ),
    different as materialized (
      select m.metric_id
      from compared m
      left join uns_meta.metric_sync s using (metric_id)
      where s.dirty_since is null and (
        ${o.changesMayBeMissed ? sql`s.delivery_id is not null or` : sql``}
        s.delivery_id is null
        and (s.failed_at is null ${o.changesMayBeMissed ? sql`or ${changedSinceItDied(sql)}` : sql``})
        and ${
          o.policy.removed === 'blank'
            ? sql`${desiredProperties(sql, o.policy)} <> coalesce(${deliveredProperties(sql, o.policy)}, '{}')`
            : sql`not coalesce(${deliveredProperties(sql, o.policy)}, '{}') @> ${desiredProperties(sql, o.policy)}`
        }
      )
      order by m.metric_id
    ),
    repaired as (
      insert into uns_meta.metric_sync as s (metric_id, dirty_since, due_at)
      select metric_id, now(), now() from different order by metric_id
      on conflict (metric_id) do update
        set dirty_since = excluded.dirty_since, due_at = excluded.due_at, failed_at = null
        where s.dirty_since is null and (${o.changesMayBeMissed} or (s.delivery_id is null and s.failed_at is null))
      returning 1
    )
    select
      (select count(*)::int from compared) as compared,
      (select count(*)::int from repaired) as repaired,
      (select max(metric_id) from compared) as last`;
  if (step === undefined) throw new Error('the reconcile step returned no row');
  return { compared: step.compared, repaired: step.repaired, next: step.compared < o.limit ? null : step.last };
}

/** The history knows of removals, which leave no row behind. */
function changedSinceItDied(sql: Sql): Fragment {
  return sql`(
    m.updated_at > s.failed_at
    or exists (select from uns_meta.metric_versions v where v.metric_id = m.metric_id and v.changed_at > s.failed_at)
  )`;
}
