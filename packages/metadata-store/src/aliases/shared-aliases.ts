import type { Sql } from 'postgres';
import type { DeviceIdentity } from '../birth/birth-metric.ts';

/** Aliases that two devices of one edge node use for metrics of their own, or a device and the node. */
export interface SharedAliases {
  /** The other device; '' for the edge node itself. */
  device: string;
  count: number;
  /** One of them. */
  alias: string;
}

/**
 * Whose aliases the device has given to other metrics, as the last births said; at most five of them. Both tables are read once and
 * joined: where a node has one device with aliases, as most have, this finds nothing to read.
 */
export async function readSharedAliases(sql: Sql, { group, edge, device }: DeviceIdentity): Promise<SharedAliases[]> {
  const ofNode = sql`group_id = ${group} and edge = ${edge}`;
  const [other] = await sql`select from uns_meta.device_aliases where ${ofNode} and device <> ${device} limit 1`;
  if (other === undefined) return [];
  return sql<SharedAliases[]>`
    with own as materialized (
      select key, value from uns_meta.device_aliases, jsonb_each_text(aliases) where ${ofNode} and device = ${device}
    )
    select o.device, count(*)::integer as count, min(e.key) as alias
    from uns_meta.device_aliases o
    cross join lateral jsonb_each_text(o.aliases) as e
    join own using (key)
    where ${ofNode} and o.device <> ${device} and (o.device <> '' or e.value <> own.value)
    group by o.device
    order by o.device
    limit 5`;
}
