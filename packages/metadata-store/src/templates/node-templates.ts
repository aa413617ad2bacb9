import type { Sql } from 'postgres';

export interface EdgeNode {
  readonly group: string;
  readonly edge: string;
}

/** The template definitions of an edge node, as a payload; empty when its last birth had none, null when no birth has been seen. */
export async function readTemplates(sql: Sql, { group, edge }: EdgeNode): Promise<Buffer | null> {
  const [row] = await sql<{ definitions: Buffer }[]>`
    select definitions from uns_meta.node_templates where (group_id, edge) = (${group}, ${edge})`;
  return row?.definitions ?? null;
}

/**
 * Keeps the definitions of a node birth of `birthTimestamp`. Writes nothing when they are known.
 *
 * @returns false when a later birth of the node has been seen.
 */
export async function saveTemplates(
  sql: Sql,
  { group, edge }: EdgeNode,
  learned: { definitions: Buffer; birthTimestamp: Date },
): Promise<boolean> {
  const rows = await sql`
    with written as (
      insert into uns_meta.node_templates as t (group_id, edge, definitions, birth_timestamp)
      values (${group}, ${edge}, ${learned.definitions}, ${learned.birthTimestamp})
      on conflict (group_id, edge) do update
      set definitions = excluded.definitions, birth_timestamp = excluded.birth_timestamp, updated_at = clock_timestamp()
      where t.birth_timestamp <= excluded.birth_timestamp and t.definitions <> excluded.definitions
    )
    select from uns_meta.node_templates
    where (group_id, edge) = (${group}, ${edge}) and birth_timestamp > ${learned.birthTimestamp}`;
  return rows.length === 0;
}
