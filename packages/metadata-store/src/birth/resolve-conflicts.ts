import type { TransactionSql } from 'postgres';

interface Scope {
  deviceId: string;
  /** The birth was read to its end: what it lacks is gone. */
  complete: boolean;
}

/** Made with the other staging tables. */
export const conflictsTable = `
  create temporary table if not exists birth_conflicts (
    ordinal integer not null,
    canary_key text collate "C" not null,
    holder_id bigint not null,
    holder_device_id bigint not null,
    -- The holder is retired, or the birth retires it: it has no use for the tag.
    gone boolean not null default false
  ) on commit delete rows`;

/**
 * Sees to it that no two metrics have one tag, or one name of the device, after this birth.
 *
 * - Who moves away makes room, so swaps and chains work.
 * - Who is gone makes room too: a new metric takes its row over, for to Canary it is the same tag and what Canary has of it must be
 *   overwritten; a metric with an identity of its own supersedes it.
 * - Else the holder keeps the tag and the metric is taken out of the birth. Its own tag then stays taken, hence the repetition.
 *
 * @returns the number of metrics superseded that were in use until now.
 */
export async function resolveConflicts(tx: TransactionSql, scope: Scope): Promise<number> {
  const [renamed] = await tx`select from birth_metrics where recognised <> 'n' limit 1`;
  if (!(await findConflicts(tx)) && renamed === undefined) return 0;
  await markGone(tx, scope);
  await tx`
    update birth_metrics b
    set metric_id = c.holder_id, is_new = false, recognised = 't',
        -- What is stored there was another metric's, so a part is all there is.
        state = case when b.state = 'p' then 'a' else b.state end
    from birth_conflicts c
    where c.ordinal = b.ordinal and c.gone and b.is_new`;
  let refused: number;
  do {
    refused = await refuseByTag(tx, scope.deviceId);
    // Names clash only where something else than the name decided who is who.
    if (renamed !== undefined) refused += await refuseByName(tx, scope.deviceId);
  } while (refused > 0);
  return supersede(tx, scope.deviceId);
}

/** Is the tag of a staged metric another one's? */
export async function findConflicts(tx: TransactionSql): Promise<boolean> {
  const found = await tx`
    insert into birth_conflicts (ordinal, canary_key, holder_id, holder_device_id)
    select b.ordinal, b.canary_key, h.metric_id, h.device_id
    from birth_metrics b
    join uns_meta.metrics h on h.canary_key = b.canary_key and h.metric_id <> b.metric_id
    where b.holder is null`;
  return found.count > 0;
}

/**
 * Another device's retired metric counts as gone only while that device has no birth under way, which could bring it back: its lock is
 * tried, not waited for, because two devices may want each other's.
 */
async function markGone(tx: TransactionSql, { deviceId, complete }: Scope): Promise<void> {
  const locked = await tx<{ id: string }[]>`
    with retired as materialized (
      select distinct d.device_id, d.group_id, d.edge, d.device
      from birth_conflicts c
      join uns_meta.metrics h on h.metric_id = c.holder_id and h.retired_at is not null
      join uns_meta.devices d on d.device_id = h.device_id
      where d.device_id <> ${deviceId}
    )
    select device_id as id from retired
    where pg_try_advisory_xact_lock(hashtextextended(group_id || '/' || edge || '/' || device, 0))`;
  await tx`
    update birth_conflicts c
    set gone = true
    from uns_meta.metrics h
    where h.metric_id = c.holder_id
      and not exists (select from birth_metrics b where b.metric_id = h.metric_id)
      and case
        when h.device_id = ${deviceId} then ${complete} or h.retired_at is not null
        else h.retired_at is not null and h.device_id = any (${locked.map((row) => row.id)}::bigint[])
      end`;
}

async function refuseByTag(tx: TransactionSql, deviceId: string): Promise<number> {
  const refused = await tx`
    update birth_metrics b
    set holder_id = h.metric_id,
        holder = h.name
          || case when h.device_id = ${deviceId} then '' else ' of ' || d.group_id || '/' || d.edge || '/' || d.device end
          || case when staying.name <> h.name then ', which cannot become ' || staying.name else '' end,
        refusal = 'path'
    from birth_conflicts c
    join uns_meta.metrics h on h.metric_id = c.holder_id
    join uns_meta.devices d using (device_id)
    left join birth_metrics moving on moving.metric_id = h.metric_id and moving.holder is null
    left join birth_metrics staying on staying.metric_id = h.metric_id and staying.holder is not null
    where b.ordinal = c.ordinal
      and b.holder is null
      and b.metric_id <> c.holder_id
      and not c.gone
      and (moving.metric_id is null or moving.canary_key = h.canary_key)`;
  return refused.count;
}

/** A metric that was to be renamed and is refused keeps its old name, so nobody else can have that. */
async function refuseByName(tx: TransactionSql, deviceId: string): Promise<number> {
  const refused = await tx`
    update birth_metrics b
    set holder_id = h.metric_id, holder = h.name || ', which cannot become ' || staying.name, refusal = 'name'
    from uns_meta.metrics h
    join birth_metrics staying on staying.metric_id = h.metric_id and staying.holder is not null
    where h.device_id = ${deviceId} and h.name = b.name and h.metric_id <> b.metric_id and b.holder is null
      and not exists (select from birth_metrics going where going.metric_id = h.metric_id and going.holder is null)`;
  return refused.count;
}

/**
 * Takes tag and name from metrics that are gone and whose tag or name another metric of the birth gets. Their properties go with
 * them, on record like every change: nothing of them must reach Canary under a name that nobody gave them. `#` stands in no path that
 * the segment policy makes.
 */
async function supersede(tx: TransactionSql, deviceId: string): Promise<number> {
  const rows = await tx<{ id: string; inUse: boolean }[]>`
    with wanted as (
      select c.holder_id as metric_id, true as tag, false as name
      from birth_conflicts c
      join birth_metrics b using (ordinal)
      where c.gone and b.holder is null and b.metric_id <> c.holder_id
      union all
      select h.metric_id, false, true
      from birth_metrics b
      join uns_meta.metrics h on h.device_id = ${deviceId} and h.name = b.name and h.metric_id <> b.metric_id
      where b.holder is null
        and b.recognised in ('d', 'i')
        and not exists (select from birth_metrics x where x.metric_id = h.metric_id)
    ),
    gone as (
      select w.metric_id, bool_or(w.tag) as tag, bool_or(w.name) as name, h.retired_at is null as in_use
      from wanted w
      join uns_meta.metrics h using (metric_id)
      group by w.metric_id, h.retired_at
    ),
    moved as (
      update uns_meta.metrics h
      set name = case when g.name then h.name || '#superseded-' || gen_random_uuid() else h.name end,
          uns_path = case when g.tag then h.uns_path || '#superseded-' || h.metric_id else h.uns_path end,
          retired_at = coalesce(h.retired_at, clock_timestamp())
      from gone g
      where g.metric_id = h.metric_id
    )
    select metric_id as id, in_use as "inUse" from gone`;
  if (rows.length === 0) return 0;
  const ids = rows.map((row) => row.id);
  await tx`delete from uns_meta.metric_properties where metric_id = any (${ids}::bigint[])`;
  await tx`delete from uns_meta.metric_fingerprints where metric_id = any (${ids}::bigint[])`;
  return rows.filter((row) => row.inUse).length;
}
