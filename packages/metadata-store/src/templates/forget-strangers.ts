import type { Sql } from 'postgres';
import type { EdgeNode } from './node-templates.ts';

/** What is kept of edge nodes of which no device is in the store. */
export interface StrangeNodeBounds {
  nodes: number;
  /** As they are stored. */
  bytes: number;
}

const usual: StrangeNodeBounds = { nodes: 1000, bytes: 256 * 1024 ** 2 };

/**
 * Bounds what births of edge nodes have taught that have no device in the store: anybody who may publish can make up such nodes. Those
 * that were heard last stay, because the births of a new node's devices follow its own. Does nothing for a node with devices.
 */
export async function forgetStrangers(sql: Sql, { group, edge }: EdgeNode, bounds = usual): Promise<void> {
  const [known] = await sql`select from uns_meta.devices where (group_id, edge) = (${group}, ${edge}) limit 1`;
  if (known !== undefined) return;
  await sql.begin(async (tx) => {
    // Who comes second finds nothing left to do.
    await tx`select pg_advisory_xact_lock(hashtextextended('knowledge of strangers', 0))`;
    for (const [table, column, only] of [
      ['uns_meta.node_templates', 'definitions', 'true'],
      ['uns_meta.device_aliases', 'aliases', "device = ''"],
    ] as const) {
      await tx`
        delete from ${tx.unsafe(table)}
        where ${tx.unsafe(only)} and (group_id, edge) in (
          select group_id, edge
          from (
            select group_id, edge, row_number() over newest as place, sum(pg_column_size(${tx.unsafe(column)})) over newest as bytes
            from ${tx.unsafe(table)} k
            where ${tx.unsafe(only)}
              and not exists (select from uns_meta.devices d where (d.group_id, d.edge) = (k.group_id, k.edge))
            window newest as (order by updated_at desc, group_id, edge)
          ) as strange
          where place > ${bounds.nodes} or bytes > ${bounds.bytes}
        )`;
    }
  });
}
