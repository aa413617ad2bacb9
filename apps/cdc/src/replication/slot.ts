import type { Sql } from 'postgres';
import { parseLsn, type Lsn } from './lsn.ts';

/** The server that a position in the log belongs to. */
export interface ServerIdentity {
  systemId: string;
  timeline: number;
}

export interface Slot {
  /** Which process reads it, if any. */
  activePid: number | null;
  confirmed: Lsn;
  /** The server has thrown away log that the slot needs; it can never be read again. */
  lost: boolean;
  /** Log kept on disk for the slot, in bytes. */
  retainedBytes: number;
  /** Log written since what is confirmed, in bytes. */
  lagBytes: number;
}

export async function readServerIdentity(sql: Sql): Promise<ServerIdentity> {
  // The name of a log file starts with its timeline; pg_control_checkpoint() would lag behind a promotion.
  const [row] = await sql<{ systemId: string; walFile: string }[]>`
    select system_identifier::text as "systemId", pg_walfile_name(pg_current_wal_lsn()) as "walFile" from pg_control_system()`;
  if (row === undefined) throw new Error('the server does not tell its identity');
  return { systemId: row.systemId, timeline: Number.parseInt(row.walFile.slice(0, 8), 16) };
}

/** Null when there is no such slot in this database. */
export async function readSlot(sql: Sql, name: string): Promise<Slot | null> {
  const [row] = await sql<
    {
      activePid: number | null;
      confirmed: string | null;
      walStatus: string | null;
      retained: string | null;
      lag: string | null;
    }[]
  >`
    select
      active_pid as "activePid",
      confirmed_flush_lsn::text as confirmed,
      wal_status as "walStatus",
      pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint::text as retained,
      pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint::text as lag
    from pg_replication_slots
    where slot_name = ${name} and database = current_database() and plugin = 'pgoutput'`;
  if (row === undefined) return null;
  return {
    activePid: row.activePid,
    confirmed: row.confirmed === null ? 0n : parseLsn(row.confirmed),
    lost: row.walStatus === 'lost' || row.confirmed === null,
    retainedBytes: Number(row.retained ?? 0),
    lagBytes: Number(row.lag ?? 0),
  };
}

/** From 17 on the slot follows a failover to a standby that synchronises slots. */
export async function createSlot(sql: Sql, name: string): Promise<void> {
  const [version] = await sql<{ number: number }[]>`select current_setting('server_version_num')::int as number`;
  await ((version?.number ?? 0) >= 170_000
    ? sql`select pg_create_logical_replication_slot(${name}, 'pgoutput', false, false, true)`
    : sql`select pg_create_logical_replication_slot(${name}, 'pgoutput')`);
}

export async function dropSlot(sql: Sql, name: string): Promise<void> {
  await sql`select pg_drop_replication_slot(${name})`;
}
