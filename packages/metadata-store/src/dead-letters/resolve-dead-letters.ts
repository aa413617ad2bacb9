import type { Fragment, ISql, Sql } from 'postgres';
import { markDueNow } from '../sync/mark-dirty.ts';
import type { DeadLetterFilter } from './dead-letter.ts';
import { matching } from './read-dead-letters.ts';

/** Which open dead letters: these, or those that match. */
export type DeadLetterChoice = { ids: readonly string[] } | { filter: Omit<DeadLetterFilter, 'state'>; limit: number };

export interface Replayed {
  /** Dead letters resolved by this call; none that somebody else resolved before. */
  letters: number;
  /** Metrics that are due now. The others are on their way to Canary already, with what they are now. */
  metrics: number;
}

/**
 * Has the metrics of open dead letters delivered as they are *now*; what was sent then is not sent again. All open letters of a metric are
 * resolved with it.
 */
export function replayDeadLetters(sql: Sql, choice: DeadLetterChoice, by: string): Promise<Replayed> {
  return sql.begin(async (tx) => {
    const chosen = await tx<{ metricId: string }[]>`
      select distinct l.metric_id as "metricId" from (${open(tx, choice)}) l order by l.metric_id`;
    const metricIds = chosen.map(({ metricId }) => metricId);
    const metrics = await markDueNow(tx, metricIds);
    const resolved = await tx`
      update uns_meta.canary_dead_letters
      set resolved_at = now(), resolution = 'replayed', resolved_by = ${by}
      where metric_id = any (${metricIds}::bigint[]) and resolved_at is null`;
    return { letters: resolved.count, metrics };
  });
}

/**
 * Closes open dead letters. Their metrics stay out of delivery until they change.
 *
 * @returns how many were closed by this call.
 */
export async function discardDeadLetters(sql: Sql, choice: DeadLetterChoice, by: string): Promise<number> {
  const closed = await sql`
    update uns_meta.canary_dead_letters
    set resolved_at = now(), resolution = 'discarded', resolved_by = ${by}
    where dead_letter_id in (select l.dead_letter_id from (${open(sql, choice)}) l) and resolved_at is null`;
  return closed.count;
}

function open(sql: ISql, choice: DeadLetterChoice): Fragment {
  if ('ids' in choice) {
    return sql`
      select dead_letter_id, metric_id from uns_meta.canary_dead_letters
      where dead_letter_id = any (${[...choice.ids]}::bigint[]) and resolved_at is null`;
  }
  return sql`
    select l.dead_letter_id, l.metric_id
    from uns_meta.canary_dead_letters l
    join uns_meta.metrics m using (metric_id)
    join uns_meta.devices d using (device_id)
    where ${matching(sql, { ...choice.filter, state: 'open' })}
    order by l.dead_letter_id
    limit ${choice.limit}`;
}
