import type { Sql } from 'postgres';

/**
 * Empties all tables of the store. Rows are deleted with triggers off, because history refuses it otherwise; and not truncated, because
 * that makes new files for every table and index, 20 times slower on small tables.
 */
export async function emptyStore(sql: Sql): Promise<void> {
  await sql.unsafe(`
    do $$
    declare
      emptied text;
    begin
      set local session_replication_role = replica;
      for emptied in select tablename from pg_tables where schemaname = 'uns_meta' and tablename <> 'schema_migrations' loop
        execute format('delete from uns_meta.%I', emptied);
      end loop;
    end
    $$`);
}

export interface MetricRow {
  id: string;
  name: string;
  path: string;
  device: string;
  retired: boolean;
  /** `{key: value}`. */
  properties: Record<string, unknown>;
}

/** The metrics in use, and with `all` the retired ones too, by name. */
export function metricRows(sql: Sql, o: { all: boolean } = { all: false }): Promise<MetricRow[]> {
  return sql<MetricRow[]>`
    select m.metric_id as id, m.name, m.uns_path as path, d.device, m.retired_at is not null as retired,
      (select coalesce(jsonb_object_agg(p.key, uns_meta.property_value(p)), '{}')
       from uns_meta.metric_properties p where p.metric_id = m.metric_id) as properties
    from uns_meta.metrics m
    join uns_meta.devices d using (device_id)
    where ${o.all} or m.retired_at is null
    order by m.name, d.device`;
}

/** Metric name -> id of the metrics in use. */
export async function idsByName(sql: Sql): Promise<Record<string, string>> {
  return Object.fromEntries((await metricRows(sql)).map((row) => [row.name, row.id]));
}

/** `old path -> new path` of a metric, oldest first. */
export async function lineageOf(sql: Sql, metricId: string): Promise<string[]> {
  const rows = await sql<{ step: string }[]>`
    select old_uns_path || ' -> ' || new_uns_path as step from uns_meta.metric_path_lineage
    where metric_id = ${metricId} order by lineage_id`;
  return rows.map((row) => row.step);
}
