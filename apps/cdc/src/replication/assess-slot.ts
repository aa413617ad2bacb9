import { parseLsn } from './lsn.ts';
import type { ServerIdentity, Slot } from './slot.ts';

/** What has to be done before the stream can be trusted. */
export type SlotAssessment =
  /** Read on. */
  | { action: 'stream' }
  /** Something may have passed unseen: compare everything, with the slot already holding what comes. */
  | { action: 'reconcile' | 'create' | 'recreate'; why: string; inDoubt: Doubt };

/** `store`: not only changes may have been missed, the store itself may have gone back in time. */
export type Doubt = 'changes' | 'store';

/** Decides from what the slot says, what we have recorded, and which server this is. */
export function assessSlot(
  slot: Slot | null,
  progress: (ServerIdentity & { recordedLsn: string }) | null,
  server: ServerIdentity,
): SlotAssessment {
  const moved = progress === null ? null : whereItMoved(progress, server);
  const inDoubt = moved === null ? 'changes' : 'store';
  const because = (why: string): string => (moved === null ? why : `${why}; ${moved}`);
  if (slot === null) return { action: 'create', why: because('the slot does not exist'), inDoubt };
  if (slot.lost)
    return { action: 'recreate', why: because(`the server has given the slot up (${slot.lost})`), inDoubt };
  if (progress === null) return { action: 'reconcile', why: 'nothing is recorded of the slot', inDoubt };
  if (moved !== null) return { action: 'reconcile', why: moved, inDoubt };
  // What is acknowledged is the recorded commit plus one.
  if (slot.confirmed > parseLsn(progress.recordedLsn) + 1n) {
    return { action: 'reconcile', why: 'the slot has been moved past what is recorded', inDoubt };
  }
  return { action: 'stream' };
}

/** A restore or a failover may have taken the store back to before something that was delivered. */
function whereItMoved(progress: ServerIdentity, server: ServerIdentity): string | null {
  if (progress.systemId !== server.systemId) return 'this is another server than the one last read';
  if (progress.timeline !== server.timeline) return 'the server has changed its timeline (failover or restore)';
  return null;
}
