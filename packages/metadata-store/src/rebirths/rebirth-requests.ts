import type { Sql } from 'postgres';
import type { EdgeNode } from '../templates/node-templates.ts';

export type RebirthClaim =
  | { kind: 'claimed' }
  /** The node was asked `agoMs` milliseconds ago, by us or by another pod. */
  | { kind: 'recent'; agoMs: number };

/**
 * Claims the right to ask an edge node for a rebirth: one caller gets it, whatever their number, and nobody again before
 * `minIntervalMs` have passed, by the clock of the database.
 */
export async function claimRebirth(
  sql: Sql,
  o: { node: EdgeNode; reason: string; minIntervalMs: number },
): Promise<RebirthClaim> {
  const { group, edge } = o.node;
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

/** The edge nodes whose devices are in the store; of the groups given, or of all with `+`. */
export async function knownEdgeNodes(sql: Sql, groups: readonly string[]): Promise<EdgeNode[]> {
  return sql<EdgeNode[]>`
    select distinct group_id as "group", edge
    from uns_meta.devices
    where ${groups.includes('+')} or group_id = any (${[...groups]}::text[])
    order by 1, 2`;
}
