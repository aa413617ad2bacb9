import type { Sql } from 'postgres';
import { deliveredProperties, desiredProperties, type DeliveryPolicy } from './desired-state.ts';

export interface ReconcileStep {
  /** Metrics compared. */
  compared: number;
  /** Metrics that differed with nothing under way to mend it: due now. */
  repaired: number;
  /** Where the next step starts; null at the end. */
  next: string | null;
}

/**
 * Compares what metrics should be in Canary with what it has acknowledged, `limit` metrics after the id `after`, and makes due those
 * that differ. Metrics that are dirty, in flight or dead are left to their way.
 */
export async function reconcileStep(
  sql: Sql,
  o: { after: string; limit: number; policy: DeliveryPolicy },
): Promise<ReconcileStep> {
  const [step] = await sql<{ compared: number; repaired: number; last: string | null }[]>`
    with compared as materialized (
      select m.metric_id, m.canary_id
      from uns_meta.metrics m
      where m.metric_id > ${o.after}
      order by m.metric_id
      limit ${o.limit}
    ),
    different as materialized (
      select m.metric_id
      from compared m
      left join uns_meta.metric_sync s using (metric_id)
      where s.dirty_since is null and s.delivery_id is null and s.failed_at is null
        and ${
          o.policy.removed === 'blank'
            ? sql`${desiredProperties(sql, o.policy)} <> coalesce(${deliveredProperties(sql, o.policy)}, '{}')`
            : sql`not coalesce(${deliveredProperties(sql, o.policy)}, '{}') @> ${desiredProperties(sql, o.policy)}`
        }
      order by m.metric_id
    ),
    repaired as (
      insert into uns_meta.metric_sync as s (metric_id, dirty_since, due_at)
      select metric_id, now(), now() from different order by metric_id
      on conflict (metric_id) do update set dirty_since = excluded.dirty_since, due_at = excluded.due_at
      where s.dirty_since is null and s.delivery_id is null and s.failed_at is null
      returning 1
    )
    select
      (select count(*)::int from compared) as compared,
      (select count(*)::int from repaired) as repaired,
      (select max(metric_id) from compared) as last`;
  if (step === undefined) throw new Error('the reconcile step returned no row');
  return { compared: step.compared, repaired: step.repaired, next: step.compared < o.limit ? null : step.last };
}
