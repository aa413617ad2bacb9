import type { Sql } from 'postgres';
import type { Version } from '../oracles/expected-history.ts';
import { parseLsn, type PositionSample } from '../oracles/position.ts';
import type { DeclaredRename } from '../oracles/renames.ts';

export const slotName = 'uns_meta_slot';

export interface MetricRow {
  metricId: string;
  device: string;
  name: string;
  path: string;
  tag: string;
  retired: boolean;
  properties: Map<string, unknown>;
}

/** Every metric with its properties, as Canary should have them. */
export async function readMetrics(sql: Sql, volatile: ReadonlySet<string>): Promise<MetricRow[]> {
  const rows = await sql<(Omit<MetricRow, 'properties'> & { properties: [string, unknown][] })[]>`
    select
      m.metric_id as "metricId",
      d.device,
      m.name,
      m.uns_path as path,
      m.canary_id as tag,
      m.retired_at is not null as retired,
      coalesce(
        jsonb_agg(jsonb_build_array(p.key, uns_meta.property_value(p))) filter (where p.key is not null and p.key <> all (${[...volatile]}::text[])),
        '[]'
      ) as properties
    from uns_meta.metrics m
    join uns_meta.devices d using (device_id)
    left join uns_meta.metric_properties p using (metric_id)
    group by m.metric_id, d.device_id`;
  return rows.map((row) => ({ ...row, properties: new Map(row.properties) }));
}

export async function readVersions(sql: Sql): Promise<Version[]> {
  return sql<Version[]>`
    select metric_id as "metricId", diff, metric_diff as "metricDiff" from uns_meta.metric_versions order by version_id`;
}

/** The slot first: what is recorded is never read too early. Null while there is no slot. */
export async function readPosition(sql: Sql): Promise<PositionSample | null> {
  const [slot] = await sql<{ active: boolean; confirmed: string | null }[]>`
    select
      -- Who makes the slot holds it for a moment too; only a walsender acknowledges.
      exists (select from pg_stat_replication r where r.pid = s.active_pid) as active,
      confirmed_flush_lsn::text as confirmed
    from pg_replication_slots s
    where slot_name = ${slotName}`;
  if (slot === undefined || slot.confirmed === null) return null;
  const [progress] = await sql<{ recorded: string }[]>`
    select recorded_lsn::text as recorded from uns_meta.cdc_progress where slot_name = ${slotName}`;
  return {
    active: slot.active,
    confirmed: parseLsn(slot.confirmed),
    recorded: progress === undefined ? null : parseLsn(progress.recorded),
  };
}

export async function readEndOfLog(sql: Sql): Promise<bigint> {
  const [row] = await sql<{ lsn: string }[]>`select pg_current_wal_lsn()::text as lsn`;
  return parseLsn(row?.lsn ?? '0/0');
}

/** Metrics by the state of their delivery. */
export async function readDeliveries(sql: Sql): Promise<{ dirty: number; inFlight: number; dead: number }> {
  const [row] = await sql<{ dirty: number; inFlight: number; dead: number }[]>`
    select
      count(*) filter (where dirty_since is not null)::int as dirty,
      count(*) filter (where delivery_id is not null)::int as "inFlight",
      count(*) filter (where failed_at is not null)::int as dead
    from uns_meta.metric_sync`;
  return row ?? { dirty: 0, inFlight: 0, dead: 0 };
}

/** What is waited for longest, in words; empty when nothing is. */
export async function readLongestWait(sql: Sql): Promise<string> {
  const [row] = await sql<{ tag: string; seconds: number; attempts: number; losses: number; reason: string | null }[]>`
    select
      m.canary_id as tag,
      round(extract(epoch from s.due_at - now()))::int as seconds,
      s.attempts,
      s.losses,
      s.failure ->> 'reason' as reason
    from uns_meta.metric_sync s
    join uns_meta.metrics m using (metric_id)
    where s.due_at is not null
    order by s.due_at desc
    limit 1`;
  if (row === undefined) return '';
  const { tag, seconds, attempts, losses, reason } = row;
  return `; ${tag} is due in ${seconds} s, put off ${attempts} times, lost ${losses} times, last ${reason ?? 'nothing'}`;
}

export async function readDeadLetters(sql: Sql): Promise<{ tag: string; reason: string; detail: string }[]> {
  return sql<{ tag: string; reason: string; detail: string }[]>`
    select canary_id as tag, reason, detail from uns_meta.canary_dead_letters order by dead_letter_id limit 20`;
}

export async function readRenames(sql: Sql): Promise<DeclaredRename[]> {
  return sql<DeclaredRename[]>`
    select
      r.device,
      r.old_name as "oldName",
      r.new_name as "newName",
      r.state,
      r.note,
      exists (
        select from uns_meta.metric_path_lineage l
        where l.metric_id = r.metric_id
          and l.old_uns_path = concat_ws('/', r.group_id, r.edge, r.device, r.old_name)
          and l.new_uns_path = concat_ws('/', r.group_id, r.edge, r.device, r.new_name)
      ) as "hasLineage"
    from uns_meta.declared_renames r
    order by r.rename_id`;
}
