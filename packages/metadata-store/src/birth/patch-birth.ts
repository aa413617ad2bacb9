import type { TransactionSql } from 'postgres';
import { recogniseAliases } from '../renames/recognise-aliases.ts';
import { applyBirth } from './apply-birth.ts';
import type { Birth, WrittenBirth } from './birth.ts';
import { findChanged } from './changed-metrics.ts';
import { keepRefused } from './collisions.ts';
import { keepUnread } from './hold-unread.ts';
import type { KnownMetrics } from './known-metrics.ts';
import { findConflicts } from './resolve-conflicts.ts';
import { isContested } from './settle-contested.ts';
import { clearStaging, stageMetrics } from './stage-birth.ts';

const absentTable = `
  create temporary table if not exists birth_absent (metric_id bigint primary key) on commit delete rows`;

/**
 * Writes a birth that changes a few metrics of many: stages those alone, where the whole birth would take seconds to be staged and joined.
 *
 * Null, with nothing written, when it takes a look at the whole birth to tell who is who: a rename is pending, an identity property is
 * configured, a name or a tag is claimed twice.
 */
export async function patchBirth(
  tx: TransactionSql,
  o: { birth: Birth; deviceId: string; known: KnownMetrics; pending: readonly unknown[] },
): Promise<WrittenBirth | null> {
  const { birth, deviceId, known, pending } = o;
  const { fingerprints = null, identityProperty = null, nameOfAlias } = birth;
  if (birth.fingerprint === null || birth.unidentified === true) return null;
  if (fingerprints === null || known.size === 0) return null;
  if (pending.length > 0 || identityProperty !== null) return null;

  const changed = findChanged(fingerprints, known);
  const metrics = () => birth.metrics(known, (ordinal) => changed.has(ordinal));
  await stageMetrics(tx, { deviceId, metrics: metrics(), identityProperty: null });
  await tx.unsafe(absentTable);
  await tx`insert into birth_absent (metric_id) select unnest(${changed.absent}::bigint[])`;
  await keepUnread(tx, deviceId, birth.unread ?? []);
  await tx`analyze birth_absent`;
  const unclear =
    (await isContested(tx)) ||
    (await isTwin(tx)) ||
    (nameOfAlias !== undefined && (await recogniseAliases(tx, deviceId, nameOfAlias)) > 0) ||
    (await findConflicts(tx));
  if (unclear) {
    await clearStaging(tx);
    return null;
  }
  const changes = await applyBirth(tx, { deviceId, metrics });
  const metricsRetired = await retireAbsent(tx);
  await keepRefused(tx, { deviceId, complete: true });
  const renames = { applied: 0, waiting: 0, impossible: 0 };
  return { kind: 'written', changes: { ...changes, metricsRetired }, collisions: [], identityFaults: [], renames };
}

/** Has a staged metric the name of one that the birth has unchanged as well? */
async function isTwin(tx: TransactionSql): Promise<boolean> {
  const twins = await tx`
    select from birth_metrics b
    join uns_meta.metrics m using (metric_id)
    where m.retired_at is null and not exists (select from birth_absent a where a.metric_id = b.metric_id)
    limit 1`;
  return twins.length > 0;
}

async function retireAbsent(tx: TransactionSql): Promise<number> {
  const result = await tx`
    update uns_meta.metrics m
    set retired_at = clock_timestamp()
    from birth_absent a
    where a.metric_id = m.metric_id and not exists (select from birth_metrics b where b.metric_id = m.metric_id)`;
  return result.count;
}
