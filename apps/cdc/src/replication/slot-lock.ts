import { sleep } from '@uns/service';
import type { ReservedSql, Sql } from 'postgres';
import { SlotInUseError } from './slot.ts';

/** A holder that says nothing for so long has lost the lock, whatever became of its connection; in ms. */
const leaseMs = 15_000;

/**
 * Runs `act` as the only one in the fleet that puts this slot right. The lock is a session's, so that it ends with its holder; and as a
 * connection may be gone at one end only, the session says every few seconds that it lives.
 *
 * @throws SlotInUseError when somebody else is at it. `act` is aborted when the lock is lost.
 */
export async function withSlotLock<T>(
  sql: Sql,
  slot: string,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const session = await sql.reserve();
  const ended = new AbortController();
  const lost = new AbortController();
  try {
    const [lock] = await session<{ got: boolean }[]>`
      select pg_try_advisory_lock(hashtext('uns_meta.slot'), hashtext(${slot})) as got`;
    if (lock?.got !== true) throw new SlotInUseError('another process puts the slot right');
    await session.unsafe(`set idle_session_timeout = ${leaseMs}`);
    const renewing = renew(session, ended.signal).catch((error: unknown) => lost.abort(error));
    try {
      return await act(AbortSignal.any([signal, lost.signal]));
    } finally {
      ended.abort(new Error('the slot is put right'));
      await renewing;
    }
  } finally {
    // A session that is gone has no lock to give back.
    if (!lost.signal.aborted) await release(session, slot);
    session.release();
  }
}

async function renew(session: ReservedSql, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await session`select 1`;
    await sleep(leaseMs / 3, signal).catch(() => undefined);
  }
}

async function release(session: ReservedSql, slot: string): Promise<void> {
  await session.unsafe('reset idle_session_timeout');
  await session`select pg_advisory_unlock(hashtext('uns_meta.slot'), hashtext(${slot}))`;
}
