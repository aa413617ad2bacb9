import type { TransactionSql } from 'postgres';
import type { BirthMetric } from './birth-metric.ts';
import { copyProperties, stageProperties } from './stage-birth.ts';
import { WantedMetrics } from './wanted-metrics.ts';

/** What a birth changed in the store, in rows. */
export interface BirthChanges {
  metricsCreated: number;
  /** Metrics that existed and got another path, name or datatype, or came back. */
  metricsChanged: number;
  /** Those of them that kept their identity under another name. */
  metricsRenamed: number;
  metricsRetired: number;
  propertiesInserted: number;
  propertiesUpdated: number;
  propertiesDeleted: number;
}

/** The typed columns of a staged property, cast from its text. */
const typedValues = `
  (case r.type when 'i' then 'int' when 'l' then 'long' when 'f' then 'float' when 'd' then 'double' when 's' then 'string' else 'boolean' end)::uns_meta.property_type,
  case when r.type = 'i' then r.value::integer end,
  case when r.type = 'l' then r.value::bigint end,
  case when r.type = 'f' then r.value::real end,
  case when r.type = 'd' then r.value::double precision end,
  case when r.type = 's' then r.value end,
  case when r.type = 'b' then r.value::boolean end`;

const valueColumns = 'type, int_value, long_value, float_value, double_value, string_value, boolean_value';

/**
 * Writes the staged birth: only real differences, each found by an anti-join first. (`on conflict ... where is distinct` would lock
 * and log every row it leaves alone: 109 MB of WAL for an identical birth of 98,332 metrics.)
 */
export async function applyBirth(
  tx: TransactionSql,
  o: { deviceId: string; metrics: () => AsyncIterable<readonly BirthMetric[]> },
): Promise<Omit<BirthChanges, 'metricsRetired'>> {
  const { deviceId } = o;
  const [renamed] = await tx<{ count: number }[]>`
    select count(*)::integer as count from birth_metrics where recognised not in ('n', 'u') and holder is null`;
  // One statement, so that names and paths can be swapped.
  const moved = await tx`
    update uns_meta.metrics m
    set device_id = ${deviceId}, name = b.name, uns_path = b.uns_path, datatype = b.datatype, retired_at = null
    from birth_metrics b
    where b.metric_id = m.metric_id
      and b.holder is null
      and (
        m.uns_path <> b.uns_path or m.datatype <> b.datatype or m.retired_at is not null
        or m.name <> b.name or m.device_id <> ${deviceId}
      )`;
  // In the order of their paths, near that of names and tags: entries of three indexes of texts are close together, in place of those of
  // the one of ids.
  const created = await tx`
    insert into uns_meta.metrics (metric_id, device_id, name, uns_path, datatype)
    overriding system value
    select metric_id, ${deviceId}, name, uns_path, datatype from birth_metrics where is_new and holder is null order by uns_path`;
  const properties = await applyProperties(tx, o.metrics);
  await tx`
    insert into uns_meta.metric_fingerprints (metric_id, fingerprint)
    select metric_id, fingerprint from birth_metrics where state <> 'k' and holder is null
    on conflict (metric_id) do update set fingerprint = excluded.fingerprint`;
  return {
    metricsCreated: created.count,
    metricsChanged: moved.count,
    metricsRenamed: renamed?.count ?? 0,
    ...properties,
  };
}

type PropertyChanges = Pick<BirthChanges, 'propertiesInserted' | 'propertiesUpdated' | 'propertiesDeleted'>;

/** Reads the birth once more, if there is a metric whose properties are not known. */
async function applyProperties(
  tx: TransactionSql,
  metrics: () => AsyncIterable<readonly BirthMetric[]>,
): Promise<PropertyChanges> {
  const wanted = await WantedMetrics.read(tx);
  const none = { propertiesInserted: 0, propertiesUpdated: 0, propertiesDeleted: 0 };
  if (wanted.size === 0) return none;
  if (wanted.allNew) return { ...none, propertiesInserted: await copyProperties(tx, metrics(), wanted) };
  await stageProperties(tx, metrics(), wanted);
  return await mergeProperties(tx);
}

/**
 * What is stored is looked up in the index for each property staged ("offset 0" leaves the planner no choice: ADR 0018), and found again by
 * its place. Of a store that was just filled the planner knows nothing: it read all 835,729 properties of a plant three times to compare
 * 8,400 of them, which took 0.7 s instead of 0.1.
 */
async function mergeProperties(tx: TransactionSql): Promise<PropertyChanges> {
  const deleted = await tx`
    delete from uns_meta.metric_properties
    where ctid = any (array(
      select p.ctid
      from birth_metrics b
      cross join lateral (select ctid, key from uns_meta.metric_properties where metric_id = b.metric_id offset 0) as p
      where b.state = 'a' and not b.is_new and b.holder is null
        and not exists (select from birth_rows r where r.ordinal = b.ordinal and r.key = p.key)
    ))`;
  const updated = await tx`
    update uns_meta.metric_properties p
    set (${tx.unsafe(valueColumns)}) = (v.type, v.int_value, v.long_value, v.float_value, v.double_value, v.string_value, v.boolean_value)
    from (
      select b.metric_id, r.key, ${tx.unsafe(typedValues)}
      from birth_rows r
      join birth_metrics b using (ordinal)
      where not b.is_new
    ) as v (metric_id, key, ${tx.unsafe(valueColumns)})
    cross join lateral (
      select ctid, ${tx.unsafe(valueColumns)} from uns_meta.metric_properties where metric_id = v.metric_id and key = v.key offset 0
    ) as o
    where p.ctid = o.ctid
      and (o.type, o.int_value, o.long_value, o.float_value, o.double_value, o.string_value, o.boolean_value)
        is distinct from (v.type, v.int_value, v.long_value, v.float_value, v.double_value, v.string_value, v.boolean_value)`;
  const added = await tx`
    insert into uns_meta.metric_properties (metric_id, key, ${tx.unsafe(valueColumns)})
    select b.metric_id, r.key, ${tx.unsafe(typedValues)}
    from birth_rows r
    join birth_metrics b using (ordinal)
    left join lateral (
      select true as is_stored from uns_meta.metric_properties where metric_id = b.metric_id and key = r.key offset 0
    ) as o on true
    where o.is_stored is null`;
  return { propertiesInserted: added.count, propertiesUpdated: updated.count, propertiesDeleted: deleted.count };
}

/** Retires the metrics of the device that the staged birth, which is whole, does not have. Returns how many. */
export async function retireMissing(tx: TransactionSql, deviceId: string): Promise<number> {
  const result = await tx`
    update uns_meta.metrics m
    set retired_at = clock_timestamp()
    where m.device_id = ${deviceId}
      and m.retired_at is null
      and not exists (select from birth_metrics b where b.metric_id = m.metric_id)`;
  return result.count;
}
