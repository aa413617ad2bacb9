import type { Sql } from 'postgres';

export interface RetiredDeadLetters {
  /** Open ones whose metric was delivered since. */
  superseded: number;
  /** Resolved ones that were old enough. */
  removed: number;
}

/**
 * Closes dead letters that later deliveries have made pointless, and removes resolved ones when they are old enough. Open ones are never
 * removed. At most `limit` of each: call again while one of the counts is that high.
 */
export async function retireDeadLetters(sql: Sql, o: { keepDays: number; limit: number }): Promise<RetiredDeadLetters> {
  const superseded = await sql`
    update uns_meta.canary_dead_letters
    set resolved_at = now(), resolution = 'superseded', resolved_by = 'cdc'
    where dead_letter_id in (
      select l.dead_letter_id
      from uns_meta.canary_dead_letters l
      join uns_meta.metric_sync s using (metric_id)
      where l.resolved_at is null
        and s.delivered_at > l.created_at
        -- Acknowledged as a whole: nothing of it is waiting, on its way or given up.
        and s.dirty_since is null and s.delivery_id is null and s.failed_at is null
      order by l.dead_letter_id
      limit ${o.limit}
      for update of l skip locked
    )`;
  const removed = await sql`
    delete from uns_meta.canary_dead_letters
    where dead_letter_id in (
      select dead_letter_id
      from uns_meta.canary_dead_letters
      where resolved_at < now() - make_interval(days => ${o.keepDays})
      order by resolved_at
      limit ${o.limit}
      for update skip locked
    )`;
  return { superseded: superseded.count, removed: removed.count };
}
