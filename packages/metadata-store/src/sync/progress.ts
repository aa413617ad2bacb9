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

/**
 * Belongs in the transaction that records what was read up to there. On one server and timeline it never goes back: a process that was
 * frozen while another took the stream over may come with what it had read before.
 */
export async function saveProgress(sql: ISql, slot: string, progress: Progress): Promise<void> {
  await sql`
    insert into uns_meta.cdc_progress as p (slot_name, system_id, timeline, recorded_lsn)
    values (${slot}, ${progress.systemId}, ${progress.timeline}, ${progress.recordedLsn}::pg_lsn)
    on conflict (slot_name) do update set
      system_id = excluded.system_id,
      timeline = excluded.timeline,
      recorded_lsn = case
        when (p.system_id, p.timeline) = (excluded.system_id, excluded.timeline) then greatest(p.recorded_lsn, excluded.recorded_lsn)
        else excluded.recorded_lsn
      end,
      recorded_at = clock_timestamp()`;
}
