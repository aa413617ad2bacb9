import type { ISql } from 'postgres';

/** Up to where the change stream is recorded, and of which server: a position means nothing on another one. */
export interface Progress {
  systemId: string;
  timeline: number;
  /** `X/Y` as PostgreSQL writes it. */
  recordedLsn: string;
}

export async function readProgress(sql: ISql, slot: string): Promise<Progress | null> {
  const [row] = await sql<Progress[]>`
    select system_id as "systemId", timeline, recorded_lsn::text as "recordedLsn" from uns_meta.cdc_progress where slot_name = ${slot}`;
  return row ?? null;
}

/** Belongs in the transaction that records what was read up to there. */
export async function saveProgress(sql: ISql, slot: string, progress: Progress): Promise<void> {
  await sql`
    insert into uns_meta.cdc_progress (slot_name, system_id, timeline, recorded_lsn)
    values (${slot}, ${progress.systemId}, ${progress.timeline}, ${progress.recordedLsn}::pg_lsn)
    on conflict (slot_name) do update set
      system_id = excluded.system_id,
      timeline = excluded.timeline,
      recorded_lsn = excluded.recorded_lsn,
      recorded_at = clock_timestamp()`;
}
