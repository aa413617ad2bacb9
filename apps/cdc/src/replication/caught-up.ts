import { readProgress } from '@uns/metadata-store';
import { sleep, type Clock } from '@uns/service';
import type { Sql } from 'postgres';
import { parseLsn } from './lsn.ts';

/** The change stream did not get to a position in time. */
export class StreamBehindError extends Error {
  override readonly name = 'StreamBehindError';
}

/**
 * Resolves when every change that anybody has seen by now is recorded, by whichever process reads the stream.
 *
 * @throws StreamBehindError when that takes longer than `withinMs`; the signal's reason when aborted.
 */
export async function untilCaughtUp(
  sql: Sql,
  o: { slot: string; withinMs: number; clock: Clock; signal: AbortSignal },
): Promise<void> {
  // What is seen has its commit before the end of the log. The message moves the stream past there when nothing else does.
  const [end] = await sql<{ lsn: string }[]>`select pg_current_wal_insert_lsn()::text as lsn`;
  await sql`select pg_logical_emit_message(true, 'uns_meta_marker', '')`;
  const wanted = parseLsn(end?.lsn ?? '');
  const deadline = o.clock.monotonic() + o.withinMs;
  for (;;) {
    const progress = await readProgress(sql, o.slot);
    if (progress !== null && parseLsn(progress.recordedLsn) >= wanted) return;
    if (o.clock.monotonic() > deadline) {
      throw new StreamBehindError(`the change stream has not recorded ${end?.lsn} within ${o.withinMs} ms`);
    }
    await sleep(100, o.signal);
  }
}
