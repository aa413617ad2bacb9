import type { Sql } from 'postgres';

/**
 * Removes entries that were resolved more than `keepDays` days ago, and those of devices that are not in the store and were not heard of
 * for as long: nobody will resolve them. Open entries of devices in the store are never removed. At most `limit` of each: call again while
 * that many are removed.
 *
 * @returns the larger one of the two counts, and their sum.
 */
export async function tidyQuarantine(
  sql: Sql,
  o: { keepDays: number; limit: number },
): Promise<{ most: number; removed: number }> {
  const resolved = await sql`
    delete from uns_meta.birth_quarantine
    where quarantine_id in (
      select quarantine_id from uns_meta.birth_quarantine
      where resolved_at < now() - make_interval(days => ${o.keepDays})
      order by resolved_at
      limit ${o.limit}
      for update skip locked
    )`;
  const strange = await sql`
    delete from uns_meta.birth_quarantine
    where quarantine_id in (
      select quarantine_id from uns_meta.birth_quarantine
      where unknown is not null and last_seen < now() - make_interval(days => ${o.keepDays})
      limit ${o.limit}
      for update skip locked
    )`;
  return { most: Math.max(resolved.count, strange.count), removed: resolved.count + strange.count };
}
