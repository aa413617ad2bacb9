import type { Sql } from 'postgres';
import { parseLsn, type Lsn } from './lsn.ts';

/** The server that a position in the log belongs to. */
export interface ServerIdentity {
  systemId: string;
  timeline: number;
}

/** SQLSTATE object_in_use: what the server says when another process reads the slot. */
export const slotInUse = '55006';

/** Another process has the slot, or is putting it right. */
export class SlotInUseError extends Error {
  override readonly name = 'SlotInUseError';
  readonly code = slotInUse;
}

export interface Slot {
  /** Which process reads it, if any. */
  activePid: number | null;
  confirmed: Lsn;
  /** Why the slot can never be read again: the server has thrown away log it needs, or invalidated it. Null when it can. */
  lost: string | null;
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
      invalidation: string | null;
      retained: string | null;
      lag: string | null;
    }[]
  >`
    select
      active_pid as "activePid",
      confirmed_flush_lsn::text as confirmed,
      wal_status as "walStatus",
      -- Since 17. A row as JSON, because naming a column that is not there would be an error.
      to_jsonb(s) ->> 'invalidation_reason' as invalidation,
      pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint::text as retained,
      pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint::text as lag
    from pg_replication_slots s
    where slot_name = ${name} and database = current_database() and plugin = 'pgoutput'`;
  if (row === undefined) return null;
  return {
    activePid: row.activePid,
    confirmed: row.confirmed === null ? 0n : parseLsn(row.confirmed),
    lost: whyLost(row),
    retainedBytes: Number(row.retained ?? 0),
    lagBytes: Number(row.lag ?? 0),
  };
}

function whyLost(row: {
  walStatus: string | null;
  invalidation: string | null;
  confirmed: string | null;
}): string | null {
  if (row.invalidation !== null) return `invalidated: ${row.invalidation}`;
  if (row.walStatus === 'lost') return 'wal_status lost';
  // Whoever was making it did not get to the end.
  return row.confirmed === null ? 'never finished' : null;
}

/** Creating a slot waits for all transactions that write when it begins; in ms. */
const createWithinMs = 30 * 60_000;

/** From 17 on the slot follows a failover to a standby that synchronises slots. */
export async function createSlot(sql: Sql, name: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx.unsafe(`set local statement_timeout = ${createWithinMs}`);
    const [version] = await tx<{ number: number }[]>`select current_setting('server_version_num')::int as number`;
    await ((version?.number ?? 0) >= 170_000
      ? tx`select pg_create_logical_replication_slot(${name}, 'pgoutput', false, false, true)`
      : tx`select pg_create_logical_replication_slot(${name}, 'pgoutput')`);
  });
}

export async function dropSlot(sql: Sql, name: string): Promise<void> {
  await sql`select pg_drop_replication_slot(${name})`;
}
