import type { Sql } from 'postgres';
import type { DeviceIdentity } from '../birth/birth-metric.ts';

/** Aliases of a device as they are kept: alias (decimal) -> name. The device is '' for those of its edge node. */
export type StoredAliases = Record<string, string>;

export async function readAliases(sql: Sql, { group, edge, device }: DeviceIdentity): Promise<StoredAliases | null> {
  const [row] = await sql<{ aliases: StoredAliases }[]>`
    select aliases from uns_meta.device_aliases where (group_id, edge, device) = (${group}, ${edge}, ${device})`;
  return row?.aliases ?? null;
}

/**
 * Keeps the aliases that a birth of `birthTimestamp` has taught. Writes nothing when they are known.
 *
 * @returns false when a later birth has taught others.
 */
export async function saveAliases(
  sql: Sql,
  { group, edge, device }: DeviceIdentity,
  learned: { aliases: StoredAliases; birthTimestamp: Date },
): Promise<boolean> {
  const rows = await sql`
    with written as (
      insert into uns_meta.device_aliases as a (group_id, edge, device, aliases, birth_timestamp)
      values (${group}, ${edge}, ${device}, ${sql.json(learned.aliases)}, ${learned.birthTimestamp})
      on conflict (group_id, edge, device) do update
      set aliases = excluded.aliases, birth_timestamp = excluded.birth_timestamp, updated_at = clock_timestamp()
      where a.birth_timestamp <= excluded.birth_timestamp and a.aliases <> excluded.aliases
    )
    select from uns_meta.device_aliases
    where (group_id, edge, device) = (${group}, ${edge}, ${device}) and birth_timestamp > ${learned.birthTimestamp}`;
  return rows.length === 0;
}
