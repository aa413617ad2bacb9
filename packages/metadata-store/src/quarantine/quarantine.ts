import type { Sql, TransactionSql } from 'postgres';
import type { DeviceIdentity } from '../birth/birth-metric.ts';
import {
  placeOf,
  placeStrangers,
  rowKey,
  strangerBounds,
  type Stranger,
  type StrangerBounds,
} from './place-strangers.ts';
import { upsertRows, type QuarantineEntry, type QuarantineSubject } from './quarantine-entry.ts';

/** Most entries kept of one device: a device whose every metric is wrong shows it with these. */
const entriesPerDevice = 10_000;

export interface Quarantined {
  /** Entries of devices that are not in the store, without a row of their own: there are too many such devices. */
  folded: number;
}

/**
 * Adds to the device's quarantine; what is there already is counted, not repeated. With `exhaustive` the entries are all that is wrong
 * with the device now: what else was wrong before is noted as resolved. Of more than 10,000 entries of a device those that are resolved,
 * and the oldest, go. For a device that is not in the store see `quarantineStrangers`.
 */
export async function quarantine(
  sql: Sql,
  device: DeviceIdentity,
  entries: readonly QuarantineEntry[],
  o: { exhaustive: boolean } = { exhaustive: false },
): Promise<Quarantined> {
  if (entries.length === 0 && !o.exhaustive) return { folded: 0 };
  const { group, edge } = device;
  return sql.begin(async (tx) => {
    // Two ingest pods may read the same birth, and would lock its entries in each other's way.
    await tx`select pg_advisory_xact_lock(hashtextextended(${`quarantine/${group}/${edge}/${device.device}`}, 0))`;
    const subject = { device, entries };
    const strangers = await findStrangers(tx, [subject]);
    if (strangers.length > 0) return { folded: await holdStrangers(tx, strangers, { ...o, bounds: strangerBounds }) };
    await holdKnown(tx, subject, o);
    return { folded: 0 };
  });
}

/**
 * Adds to the quarantine of those devices that are not in the store, and returns the others. Whoever may publish can make up such
 * devices, so they have one row for each reason, and not more than 1,000 rows in the name of one edge node, or of all edge nodes that are
 * not known either, and 10,000 in all. Beyond that they are counted together.
 */
export async function quarantineStrangers(
  sql: Sql,
  subjects: readonly QuarantineSubject[],
  bounds: StrangerBounds = strangerBounds,
): Promise<Quarantined & { known: QuarantineSubject[] }> {
  const strangers = await findStrangers(sql, subjects);
  const strange = new Set(strangers.map((stranger) => stranger.device));
  const known = subjects.filter((subject) => !strange.has(subject.device));
  const folded =
    strangers.length === 0 ? 0 : await sql.begin((tx) => holdStrangers(tx, strangers, { exhaustive: false, bounds }));
  return { folded, known };
}

async function findStrangers(sql: Sql | TransactionSql, subjects: readonly QuarantineSubject[]): Promise<Stranger[]> {
  const found = await sql<{ place: number; unknown: Stranger['unknown'] }[]>`
    select g.place::integer,
      case when exists (select from uns_meta.devices d where (d.group_id, d.edge) = (g.group_id, g.edge)) then 'device' else 'node' end as unknown
    from unnest(
      ${subjects.map(({ device }) => device.group)}::text[],
      ${subjects.map(({ device }) => device.edge)}::text[],
      ${subjects.map(({ device }) => device.device)}::text[]
    ) with ordinality as g (group_id, edge, device, place)
    -- Messages on no topic of a birth have no group, and share one subject.
    where g.group_id <> ''
      and not case g.device
        when '' then exists (select from uns_meta.devices d where (d.group_id, d.edge) = (g.group_id, g.edge))
        else exists (select from uns_meta.devices d where (d.group_id, d.edge, d.device) = (g.group_id, g.edge, g.device))
      end
    order by g.place`;
  return found.flatMap(({ place, unknown }) => {
    const subject = subjects[place - 1];
    return subject === undefined ? [] : [{ ...subject, unknown }];
  });
}

async function holdStrangers(
  tx: TransactionSql,
  strangers: readonly Stranger[],
  o: { exhaustive: boolean; bounds: StrangerBounds },
): Promise<number> {
  if (strangers.every((stranger) => stranger.entries.length === 0) && !o.exhaustive) return 0;
  await tx`select pg_advisory_xact_lock(hashtextextended('quarantine of strangers', 0))`;
  const counted = await tx<{ unknown: Stranger['unknown']; group: string; edge: string; count: number }[]>`
    select unknown, group_id as "group", edge, count(*)::integer as count
    from uns_meta.birth_quarantine where unknown is not null and device <> '+' group by 1, 2, 3`;
  const taken = new Map<string, number>();
  for (const { unknown, group, edge, count } of counted) {
    const place = placeOf({ unknown, device: { group, edge, device: '' } });
    taken.set(place, (taken.get(place) ?? 0) + count);
  }
  const own = await tx<{ group: string; edge: string; device: string; reason: string }[]>`
    select q.group_id as "group", q.edge, q.device, q.reason
    from unnest(
      ${strangers.map(({ device }) => device.group)}::text[],
      ${strangers.map(({ device }) => device.edge)}::text[],
      ${strangers.map(({ device }) => device.device)}::text[]
    ) as g (group_id, edge, device)
    -- One look into the index for each: a join without statistics compares every pair.
    cross join lateral (
      select * from uns_meta.birth_quarantine
      where (group_id, edge, device, metric, property) = (g.group_id, g.edge, g.device, '', '')
      offset 0
    ) as q`;
  const there = new Set(own.map(({ reason, ...device }) => rowKey(device, reason)));
  const { rows, folded } = placeStrangers(strangers, { taken, has: (key) => there.has(key), bounds: o.bounds });
  const seen = await upsertRows(tx, rows);
  if (o.exhaustive) for (const { device } of strangers) await resolveOthers(tx, device, seen);
  return folded;
}

async function holdKnown(
  tx: TransactionSql,
  { device, entries }: QuarantineSubject,
  o: { exhaustive: boolean },
): Promise<void> {
  // What was noted of it before it was known is its own from now on.
  await tx`
    update uns_meta.birth_quarantine set unknown = null
    where ${isOf(tx, device)} and unknown is not null`;
  const rows = entries.slice(0, entriesPerDevice).map((entry) => ({ ...entry, device, unknown: null }));
  const seen = await upsertRows(tx, rows);
  if (o.exhaustive) await resolveOthers(tx, device, seen);
  if (seen.length === 0) return;
  await tx`
    delete from uns_meta.birth_quarantine
    where quarantine_id in (
      select quarantine_id from uns_meta.birth_quarantine
      where ${isOf(tx, device)}
      order by (resolved_at is null) desc, last_seen desc
      offset ${entriesPerDevice}
    )`;
}

async function resolveOthers(tx: TransactionSql, device: DeviceIdentity, seen: readonly string[]): Promise<void> {
  await tx`
    update uns_meta.birth_quarantine set resolved_at = clock_timestamp()
    where ${isOf(tx, device)} and resolved_at is null and quarantine_id <> all (${[...seen]}::bigint[])`;
}

const isOf = (tx: TransactionSql, { group, edge, device }: DeviceIdentity) =>
  tx`(group_id, edge, device) = (${group}, ${edge}, ${device})`;
