import type { Fragment, ISql } from 'postgres';
import { desiredProperties, type DeliveryPolicy } from '../sync/desired-state.ts';
import type { DeadLetter, DeadLetterDetail, DeadLetterFilter } from './dead-letter.ts';

/** The newest first, at most `limit`, older than the one with the id `before`. */
export async function listDeadLetters(
  sql: ISql,
  filter: DeadLetterFilter,
  page: { limit: number; before: string | null },
): Promise<DeadLetter[]> {
  return sql<DeadLetter[]>`
    select ${columns(sql)}
    from ${rows(sql)}
    where ${matching(sql, filter)} and (${page.before}::bigint is null or l.dead_letter_id < ${page.before}::bigint)
    order by l.dead_letter_id desc
    limit ${page.limit}`;
}

/** How many there are, by reason. */
export async function countDeadLetters(sql: ISql, filter: DeadLetterFilter): Promise<Map<string, number>> {
  const found = await sql<{ reason: string; count: number }[]>`
    select l.reason, count(*)::int as count from ${rows(sql)} where ${matching(sql, filter)} group by l.reason order by l.reason`;
  return new Map(found.map(({ reason, count }) => [reason, count]));
}

/** Null when there is none with this id. */
export async function readDeadLetter(sql: ISql, id: string, policy: DeliveryPolicy): Promise<DeadLetterDetail | null> {
  const [found] = await sql<DeadLetterDetail[]>`
    select ${columns(sql)}, l.delivery_id as "deliveryId", l.request, l.answer,
      jsonb_build_object(
        'unsPath', m.uns_path,
        'delivery', case
          when s.delivery_id is not null then 'in-flight'
          when s.dirty_since is not null then 'dirty'
          when s.failed_at is not null then 'dead'
          else 'clean'
        end,
        'desired', ${desiredProperties(sql, policy)},
        'delivered', coalesce(s.delivered, '{}')
      ) as now
    from ${rows(sql)}
    left join uns_meta.metric_sync s using (metric_id)
    where l.dead_letter_id = ${id}::bigint`;
  return found ?? null;
}

const rows = (sql: ISql): Fragment => sql`
  uns_meta.canary_dead_letters l
  join uns_meta.metrics m using (metric_id)
  join uns_meta.devices d using (device_id)`;

const columns = (sql: ISql): Fragment => sql`
  l.dead_letter_id as id, metric_id as "metricId", d.uns_path as device, l.canary_id as "canaryId", l.tag, l.reason, l.detail,
  l.created_at as "createdAt", l.resolution, l.resolved_at as "resolvedAt", l.resolved_by as "resolvedBy"`;

/** The condition for rows `l` with their device `d`. */
export function matching(sql: ISql, filter: DeadLetterFilter): Fragment {
  const { state = 'open', reason, device, tag, since } = filter;
  return sql`
    (${state} = 'all' or (l.resolved_at is null) = (${state} = 'open'))
    and (${reason ?? null}::text is null or l.reason = ${reason ?? null})
    and (${device ?? null}::text is null or d.uns_path = ${device ?? null} or starts_with(d.uns_path, ${device ?? null} || '/'))
    and (${tag ?? null}::text is null or strpos(l.canary_id, ${tag ?? null}) > 0)
    and (${since ?? null}::timestamptz is null or l.created_at >= ${since ?? null})`;
}
