import type { Sql } from 'postgres';

/** Where the WAL ends now. */
export async function walPosition(sql: Sql): Promise<string> {
  const [row] = await sql<{ lsn: string }[]>`select pg_current_wal_insert_lsn()::text as lsn`;
  if (row === undefined) throw new Error('no WAL position');
  return row.lsn;
}

/** Bytes of WAL since a position, of the whole server. */
export async function walBytesSince(sql: Sql, position: string): Promise<number> {
  const [row] = await sql<{ bytes: string }[]>`
    select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), ${position}::pg_lsn)::text as bytes`;
  return Number(row?.bytes);
}
