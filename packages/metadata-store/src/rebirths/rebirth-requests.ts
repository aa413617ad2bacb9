import type { Sql } from 'postgres';
import type { EdgeNode } from '../templates/node-templates.ts';

export type RebirthClaim =
  | { kind: 'claimed' }
  /** The node was asked `agoMs` milliseconds ago, by us or by another pod. */
  | { kind: 'recent'; agoMs: number }
  /** None of its devices is in the store, and too many such nodes have been asked in the interval. */
  | { kind: 'crowded' };

/** Most edge nodes on record, and so asked in one interval, of which no device is in the store: their ids may be made up. */
const mostStrangers = 1000;

/**
 * Claims the right to ask an edge node for a rebirth: one caller gets it, whatever their number, and nobody again before
 * `minIntervalMs` have passed, by the clock of the database.
 */
export async function claimRebirth(
  sql: Sql,
  o: { node: EdgeNode; reason: string; minIntervalMs: number },
): Promise<RebirthClaim> {
  const { group, edge } = o.node;
  if (!(await hasPlace(sql, o.node, o.minIntervalMs))) return { kind: 'crowded' };
  const claimed = await sql`
    insert into uns_meta.rebirth_requests as r (group_id, edge, reason) values (${group}, ${edge}, ${o.reason})
    on conflict (group_id, edge) do update
    set requested_at = clock_timestamp(), reason = excluded.reason, requests = r.requests + 1
    where r.requested_at <= clock_timestamp() - make_interval(secs => ${o.minIntervalMs / 1000})`;
  if (claimed.count > 0) return { kind: 'claimed' };
  const [row] = await sql<{ agoMs: number }[]>`
    select extract(epoch from clock_timestamp() - requested_at)::double precision * 1000 as "agoMs"
    from uns_meta.rebirth_requests
    where (group_id, edge) = (${group}, ${edge})`;
  return { kind: 'recent', agoMs: Math.max(0, row?.agoMs ?? 0) };
}

/** Is the node known or on record, or is there room for another stranger? Those asked before the interval began make room. */
async function hasPlace(sql: Sql, { group, edge }: EdgeNode, minIntervalMs: number): Promise<boolean> {
  const [familiar] = await sql`
    select from uns_meta.devices where (group_id, edge) = (${group}, ${edge})
    union all
    select from uns_meta.rebirth_requests where (group_id, edge) = (${group}, ${edge})
    limit 1`;
  if (familiar !== undefined) return true;
  const strange = sql`not exists (select from uns_meta.devices d where (d.group_id, d.edge) = (r.group_id, r.edge))`;
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended('rebirth requests of strangers', 0))`;
    const [before] = await tx<{ count: number }[]>`
      select count(*)::integer as count from uns_meta.rebirth_requests r where ${strange}`;
    if (before === undefined || before.count < mostStrangers) return true;
    const gone = await tx`
      delete from uns_meta.rebirth_requests r
      where ${strange} and requested_at <= clock_timestamp() - make_interval(secs => ${minIntervalMs / 1000})`;
    return before.count - gone.count < mostStrangers;
  });
}

/** The edge nodes whose devices are in the store; of the groups given, or of all with `+`. */
export async function knownEdgeNodes(sql: Sql, groups: readonly string[]): Promise<EdgeNode[]> {
  return sql<EdgeNode[]>`
    select distinct group_id as "group", edge
    from uns_meta.devices
    where ${groups.includes('+')} or group_id = any (${[...groups]}::text[])
    order by 1, 2`;
}
