import type { Fragment, ISql } from 'postgres';
import { deliveredProperties, isDelivered, tagIsAsDelivered, type DeliveryPolicy } from './desired-state.ts';

/**
 * `{key: timestamp}` of the properties that Canary has of the metric `m` and that are no more. After a delivery without an answer it may
 * also have some that came and went since the last one that was acknowledged; and a tag that is new to the metric may have whatever the
 * metrics had that were there before.
 *
 * The history says when a property went. It may be silent (TRUNCATE, a database restored without it): then the time is that of the
 * repair, or now, which is later than any value that Canary has of it. What was left behind is older than the metric at this path.
 *
 * @param since nothing is written as of an earlier time
 */
export function removedAt(sql: ISql, policy: DeliveryPolicy, since: Fragment): Fragment {
  const isNewHere = sql`(${tagIsAsDelivered(sql)}) is not true`;
  return sql`(
    select coalesce(
      jsonb_object_agg(gone.key, ${canaryTimestamp(
        sql,
        sql`coalesce(greatest(v.changed_at, ${since}, case when ${isNewHere} then m.created_at end), now())`,
      )}),
      '{}'
    )
    from (
      -- Keys that come twice have the same time, and are one in the object.
      select jsonb_object_keys(${deliveredProperties(sql, policy)}) as key
      union all
      select touched.key
      from uns_meta.metric_versions v, jsonb_object_keys(v.diff) as touched (key)
      where s.in_doubt and v.metric_id = m.metric_id and v.changed_at > coalesce(s.delivered_at, '-infinity')
        and ${isDelivered(sql, sql`touched.key`, policy)}
      union all
      select left_behind.key
      from uns_meta.metric_path_lineage former
      join uns_meta.metric_versions v on v.metric_id = former.metric_id and v.changed_at <= former.changed_at,
        jsonb_object_keys(v.diff) as left_behind (key)
      where ${isNewHere} and former.old_uns_path = m.uns_path and ${isDelivered(sql, sql`left_behind.key`, policy)}
    ) as gone
    left join lateral (
      select max(changed_at) as changed_at
      from uns_meta.metric_versions v
      where v.metric_id = m.metric_id and v.diff ? gone.key
    ) as v on true
    -- An array: for a join the planner makes a hash table for each metric, sized for thousands of properties (0.4 ms).
    where gone.key <> all (array(select p.key from uns_meta.metric_properties p where p.metric_id = m.metric_id))
  )`;
}

/** ISO 8601 in UTC with 100 ns digits, of which PostgreSQL knows the first six. */
function canaryTimestamp(sql: ISql, time: Fragment): Fragment {
  return sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"')`;
}
