import type { Fragment, ISql } from 'postgres';

/** Which properties are no metadata to deliver (Quality and the like), and what becomes of removed ones. */
export interface DeliveryPolicy {
  volatile: readonly string[];
  /** Canary cannot delete a property: write an empty string over a removed one, or leave its last value. */
  removed: 'blank' | 'ignore';
}

/** `{key: value}` that the metric `m` should have in Canary. */
export function desiredProperties(sql: ISql, policy: DeliveryPolicy): Fragment {
  return sql`(
    select coalesce(jsonb_object_agg(p.key, uns_meta.property_value(p)), '{}')
    from uns_meta.metric_properties p
    where p.metric_id = m.metric_id and p.key <> all (${[...policy.volatile]}::text[])
  )`;
}

/** The same with the time of each value, not before `since`, as Canary takes it: `{key: [timestamp, value]}`. */
export function desiredPropertiesWithTime(sql: ISql, policy: DeliveryPolicy, since: Fragment): Fragment {
  const time = canaryTimestamp(sql, sql`greatest(p.updated_at, ${since})`);
  return sql`(
    select coalesce(
      jsonb_object_agg(p.key, jsonb_build_array(${time}, uns_meta.property_value(p))),
      '{}'
    )
    from uns_meta.metric_properties p
    where p.metric_id = m.metric_id and p.key <> all (${[...policy.volatile]}::text[])
  )`;
}

/**
 * What Canary acknowledged for the metric `m` as its row `s` in metric_sync says; nothing when the metric's tag is another one now, or
 * was another metric's since.
 */
export function deliveredProperties(sql: ISql, policy: DeliveryPolicy): Fragment {
  return sql`(
    case when ${tagIsAsDelivered(sql)} then s.delivered - ${[...policy.volatile]}::text[] else '{}' end
  )`;
}

/** Whether the tag of the metric `m` still holds what its row `s` says was delivered last. Null when nothing was. */
export function tagIsAsDelivered(sql: ISql): Fragment {
  return sql`(
    s.delivered_canary_id = m.canary_id
    and not exists (
      select from uns_meta.metric_path_lineage other
      where other.old_uns_path = m.uns_path and other.metric_id <> m.metric_id and other.changed_at > s.delivered_at
    )
  )`;
}

/** ISO 8601 in UTC with 100 ns digits, of which PostgreSQL knows the first six. */
export function canaryTimestamp(sql: ISql, time: Fragment): Fragment {
  return sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"')`;
}
