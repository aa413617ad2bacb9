import type { Sql } from 'postgres';
import { desiredProperties, type DeliveryPolicy } from './desired-state.ts';
import { differs } from './reconcile.ts';

/** A metric that differs from what was delivered of it, with nothing under way to mend that. */
export interface Suspect {
  metricId: string;
  /** Stands for what it should be. */
  desiredHash: string;
}

export interface SearchStep {
  compared: number;
  suspects: Suspect[];
  /** Where the next step starts; null at the end. */
  next: string | null;
}

/**
 * Looks for changes that nobody noted, `limit` metrics after the id `after`. A change that is still on its way through the stream looks
 * the same: ask `repairMissed` when everything up to now is recorded.
 */
export async function searchMissed(
  sql: Sql,
  o: { after: string; limit: number; policy: DeliveryPolicy },
): Promise<SearchStep> {
  const [step] = await sql<{ compared: number; suspects: Suspect[] | null; last: string | null }[]>`
    with compared as materialized (
      select m.metric_id, m.canary_id, m.uns_path, m.retired_at
      from uns_meta.metrics m
      where m.metric_id > ${o.after}
      order by m.metric_id
      limit ${o.limit}
    )
    select
      (select count(*)::int from compared) as compared,
      (
        select jsonb_agg(jsonb_build_object('metricId', m.metric_id::text, 'desiredHash', md5(${desiredProperties(sql, o.policy)}::text)))
        from compared m
        left join uns_meta.metric_sync s using (metric_id)
        where s.dirty_since is null and s.delivery_id is null and s.failed_at is null and ${differs(sql, o.policy)}
      ) as suspects,
      (select max(metric_id) from compared) as last`;
  if (step === undefined) throw new Error('the search returned no row');
  return { compared: step.compared, suspects: step.suspects ?? [], next: step.compared < o.limit ? null : step.last };
}

/**
 * Makes due the suspects that still differ and have not changed since.
 *
 * @returns the number of metrics repaired.
 */
export async function repairMissed(sql: Sql, suspects: readonly Suspect[], policy: DeliveryPolicy): Promise<number> {
  if (suspects.length === 0) return 0;
  const result = await sql`
    insert into uns_meta.metric_sync as s (metric_id, dirty_since, due_at, pending_since)
    select m.metric_id, now(), now(), now()
    from unnest(
      ${suspects.map((suspect) => suspect.metricId)}::bigint[],
      ${suspects.map((suspect) => suspect.desiredHash)}::text[]
    ) as suspect (metric_id, desired_hash)
    join uns_meta.metrics m using (metric_id)
    left join uns_meta.metric_sync s using (metric_id)
    where s.dirty_since is null and s.delivery_id is null and s.failed_at is null
      and ${differs(sql, policy)}
      and md5(${desiredProperties(sql, policy)}::text) = suspect.desired_hash
    order by m.metric_id
    on conflict (metric_id) do update
      set dirty_since = now(),
          due_at = now(),
          pending_since = now(),
          repair_at = case when s.delivered_canary_id is not null then now() end
      where s.dirty_since is null and s.delivery_id is null and s.failed_at is null`;
  return result.count;
}
