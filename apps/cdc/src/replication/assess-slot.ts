import { parseLsn } from './lsn.ts';
import type { ServerIdentity, Slot } from './slot.ts';

/** What has to be done before the stream can be trusted. */
export type SlotAssessment =
  /** Read on. */
  | { action: 'stream' }
  /** Changes may have passed unseen: compare everything, with the slot already holding what comes. */
  | { action: 'reconcile'; why: string }
  | { action: 'create'; why: string }
  | { action: 'recreate'; why: string };

/** Decides from what the slot says, what we have recorded, and which server this is. */
export function assessSlot(
  slot: Slot | null,
  progress: (ServerIdentity & { recordedLsn: string }) | null,
  server: ServerIdentity,
): SlotAssessment {
  if (slot === null) return { action: 'create', why: 'the slot does not exist' };
  if (slot.lost) return { action: 'recreate', why: 'the server has removed log that the slot needs (wal_status lost)' };
  if (progress === null) return { action: 'reconcile', why: 'nothing is recorded of the slot' };
  if (progress.systemId !== server.systemId)
    return { action: 'reconcile', why: 'this is another server than the one last read' };
  if (progress.timeline !== server.timeline)
    return { action: 'reconcile', why: 'the server has changed its timeline (failover or restore)' };
  // What is acknowledged is the recorded commit plus one.
  if (slot.confirmed > parseLsn(progress.recordedLsn) + 1n) {
    return { action: 'reconcile', why: 'the slot has been moved past what is recorded' };
  }
  return { action: 'stream' };
}
