import type { PropertyValue } from '@uns/uns';
import type { Fragment, ISql } from 'postgres';

/** Which properties are no metadata to deliver (Quality and the like), and what becomes of removed ones. */
export interface DeliveryPolicy {
  volatile: readonly string[];
  /** Only these are delivered, `*` standing for any text; absent or empty: all. */
  allowed?: readonly string[];
  /** Never delivered, allowed or not; `*` stands for any text. */
  denied?: readonly string[];
  /** Canary cannot delete a property: write an empty string over a removed one, or leave its last value. */
  removed: 'blank' | 'ignore';
}

/** `{key: value}` that the metric `m` should have in Canary. */
export function desiredProperties(sql: ISql, policy: DeliveryPolicy): Fragment {
  return sql`(
    select coalesce(jsonb_object_agg(p.key, uns_meta.property_value(p)), '{}')
    from uns_meta.metric_properties p
    where p.metric_id = m.metric_id and ${isDelivered(sql, sql`p.key`, policy)}
  )`;
}

/**
 * The same with the time of each value, not before `since`, as JSON: `{key: [time, value]}`, to be given to `writeCanaryTimes`. What a
 * repair finds different has the time of the repair; what was delivered as it is keeps its own, else Canary would store it twice.
 */
export function desiredPropertiesWithTime(sql: ISql, policy: DeliveryPolicy, since: Fragment): Fragment {
  const repaired = sql`
    case when s.repair_at is not null and ${differsFromDelivered(sql)} then s.repair_at end`;
  return sql`(
    select coalesce(
      json_object_agg(
        p.key, json_build_array(greatest(p.updated_at, ${since}, ${repaired}) at time zone 'UTC', uns_meta.property_value(p))
      ),
      '{}'
    )
    from uns_meta.metric_properties p
    where p.metric_id = m.metric_id and ${isDelivered(sql, sql`p.key`, policy)}
  )`;
}

/**
 * Puts times as PostgreSQL has them in JSON (`2025-08-26T12:00:00.25`, UTC) into Canary's form, in place. `to_char` for each property took
 * the server a quarter of a claim.
 */
export function writeCanaryTimes(desired: Record<string, [time: string, value: PropertyValue]>): void {
  for (const entry of Object.values(desired)) {
    const [time] = entry;
    entry[0] = `${(time.length === toSeconds ? `${time}.` : time).padEnd(to100ns, '0')}Z`;
  }
}

const toSeconds = '2025-08-26T12:00:00'.length;
const to100ns = '2025-08-26T12:00:00.0000000'.length;

/** Of the property `p`. A time of delivery that is not known puts all of it in doubt. */
function differsFromDelivered(sql: ISql): Fragment {
  return sql`(
    s.delivered_at is null
    or s.delivered_canary_id is distinct from m.canary_id
    or s.delivered -> p.key is distinct from uns_meta.property_value(p)
  )`;
}

/**
 * What Canary acknowledged for the metric `m` as its row `s` in metric_sync says; nothing when the metric's tag is another one now, or
 * was another metric's since.
 */
export function deliveredProperties(sql: ISql, policy: DeliveryPolicy): Fragment {
  return sql`(
    case when ${tagIsAsDelivered(sql)} then ${deliveredOf(sql, policy)} else '{}' end
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

/**
 * Whether the metric `m` was retired before it got the path it has: no birth ever had that tag for it, Canary hardly has it, and its old
 * tag is left alone. So nothing is to be delivered, unless Canary has it there all the same.
 */
export function isLeftBehind(sql: ISql): Fragment {
  return sql`(
    m.retired_at is not null
    and s.delivered_canary_id is distinct from m.canary_id
    and exists (
      select from uns_meta.metric_path_lineage own where own.metric_id = m.metric_id and own.changed_at > m.retired_at
    )
  )`;
}

/** Taking keys away is much faster than looking at each, which patterns demand. */
function deliveredOf(sql: ISql, policy: DeliveryPolicy): Fragment {
  if (likePatterns(policy.allowed).length === 0 && likePatterns(policy.denied).length === 0) {
    return sql`s.delivered - ${[...policy.volatile]}::text[]`;
  }
  return sql`(
    select coalesce(jsonb_object_agg(had.key, had.value), '{}')
    from jsonb_each(s.delivered) as had
    where ${isDelivered(sql, sql`had.key`, policy)}
  )`;
}

/** Whether a property of this name is metadata to deliver. What is not stays in Canary as it is, were it delivered before. */
export function isDelivered(sql: ISql, key: Fragment, policy: DeliveryPolicy): Fragment {
  const [allowed, denied] = [likePatterns(policy.allowed), likePatterns(policy.denied)];
  return sql`(
    ${key} <> all (${[...policy.volatile]}::text[])
    ${allowed.length === 0 ? sql`` : sql`and ${key} like any (${allowed}::text[])`}
    ${denied.length === 0 ? sql`` : sql`and ${key} not like all (${denied}::text[])`}
  )`;
}

const likePatterns = (names: readonly string[] = []): string[] =>
  names.map((name) => name.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll('*', '%'));
