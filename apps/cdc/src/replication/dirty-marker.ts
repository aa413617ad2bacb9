import { markDirty, saveProgress, type Debounce } from '@uns/metadata-store';
import type { Sql } from 'postgres';
import { formatLsn, type Lsn } from './lsn.ts';
import type { ChangeBatch } from './pending-changes.ts';
import type { ServerIdentity } from './slot.ts';

/** Metrics marked in one transaction: large enough to be fast, small enough that a receipt waits milliseconds for its row. */
const chunkSize = 10_000;

/**
 * Records a batch of changes: each metric due, and last the position up to which that holds. When this resolves the batch may be
 * acknowledged; when it rejects nothing of it may, and all of it may be recorded again.
 *
 * @returns the number of metrics marked.
 */
export async function recordChanges(
  sql: Sql,
  o: { batch: ChangeBatch; slot: string; server: ServerIdentity; debounce: Debounce },
): Promise<number> {
  const { metricIds, commitLsn } = o.batch;
  const ids = metricIds.map(String);
  let marked = 0;
  let from = 0;
  for (; ids.length - from > chunkSize; from += chunkSize) {
    marked += await markDirty(sql, ids.slice(from, from + chunkSize), o.debounce);
  }
  await sql.begin(async (tx) => {
    marked += await markDirty(tx, ids.slice(from), o.debounce);
    if (commitLsn !== null) await saveProgress(tx, o.slot, { ...o.server, recordedLsn: formatLsn(commitLsn) });
  });
  return marked;
}

/** Belongs at the end of a reconciliation: what came before `confirmed` is accounted for. */
export async function recordReconciled(
  sql: Sql,
  o: { slot: string; server: ServerIdentity; confirmed: Lsn },
): Promise<void> {
  await saveProgress(sql, o.slot, { ...o.server, recordedLsn: formatLsn(o.confirmed) });
}
