import type { Sql } from 'postgres';

/** A moment in the life of the store, for `rowsWrittenSince`. */
export interface Moment {
  transaction: string;
  rows: number;
}

/** Uses up one transaction id: rows with a later one are written after it. */
export async function momentNow(sql: Sql): Promise<Moment> {
  const [row] = await sql<Moment[]>`
    select
      pg_current_xact_id()::xid::text as transaction,
      (select count(*) from uns_meta.metrics)::int
        + (select count(*) from uns_meta.metric_properties)::int
        + (select count(*) from uns_meta.metric_versions)::int as rows`;
  if (row === undefined) throw new Error('the store does not know its transaction');
  return row;
}

/** Rows of metrics, properties, versions and deliveries that were inserted, updated or deleted, even if into what they were. */
export async function rowsWrittenSince(sql: Sql, moment: Moment): Promise<number> {
  const [row] = await sql<{ written: number }[]>`
    with written as (
      select xmin from uns_meta.metrics
      union all select xmin from uns_meta.metric_properties
      union all select xmin from uns_meta.metric_versions
      union all select xmin from uns_meta.metric_sync
    )
    select count(*)::int as written from written where age(xmin) < age(${moment.transaction}::text::xid)`;
  const gone = moment.rows - (await momentNow(sql)).rows;
  return (row?.written ?? 0) + Math.max(0, gone);
}
