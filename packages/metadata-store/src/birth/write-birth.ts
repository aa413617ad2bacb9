import type { Sql, TransactionSql } from 'postgres';
import type { DeclaredRename } from '../renames/decide-renames.ts';
import { readPendingRenames, recogniseDeclared, recordDecisions } from '../renames/declared-renames.ts';
import { recogniseAliases } from '../renames/recognise-aliases.ts';
import { holdUndecided } from '../renames/hold-undecided.ts';
import { recogniseIdentities } from '../renames/recognise-identities.ts';
import { applyBirth, retireMissing } from './apply-birth.ts';
import type { Birth, BirthOutcome, WrittenBirth } from './birth.ts';
import { claimDevice } from './claim-device.ts';
import { holdRules } from '../paths/apply-path-rules.ts';
import { keepRefused, readCollisions } from './collisions.ts';
import { holdUnread } from './hold-unread.ts';
import { KnownMetrics } from './known-metrics.ts';
import { patchBirth } from './patch-birth.ts';
import { resolveConflicts } from './resolve-conflicts.ts';
import { isContested, refuseTwins, settleContested } from './settle-contested.ts';
import { stageMetrics } from './stage-birth.ts';

/**
 * For each sort and each list of changed rows: those of a plant's first birth (98,332 metrics, 835,729 properties) need 60 to 80 MB and are
 * then kept out of files, which takes 0.5 s of its 12. A small birth takes what it needs.
 */
const workMem = '128MB';

/**
 * Writes a birth in one transaction. The same device's births wait for one another; other devices' do not.
 *
 * Only a birth that was read to its end decides on renames: what it lacks is gone.
 *
 * @throws RulesReplacedError
 */
export function writeBirth(sql: Sql, birth: Birth): Promise<BirthOutcome> {
  return sql.begin(async (tx): Promise<BirthOutcome> => {
    const { group, edge, device } = birth.device;
    // What births write is the edge's word: see migration 0008.
    await tx`
      select pg_advisory_xact_lock(hashtextextended(${`${group}/${edge}/${device}`}, 0)), set_config('uns_meta.writer', 'birth', true), set_config('work_mem', ${workMem}, true)`;
    const claimed = await claimDevice(tx, birth);
    if (claimed.kind !== 'claimed') return claimed;
    if (birth.rules !== undefined) await holdRules(tx, birth.rules);
    const { deviceId } = claimed;
    const complete = tellsWhatIsGone(birth);
    const pending = complete ? await readPendingRenames(tx, birth.device) : [];
    const known = await readKnown(
      tx,
      deviceId,
      pending.flatMap((rename) => [rename.oldName, rename.newName]),
    );
    const outcome =
      (await patchBirth(tx, { birth, deviceId, known, pending })) ??
      (await writeWhole(tx, { birth, deviceId, known, pending }));
    await tx`
      update uns_meta.devices
      set birth_fingerprint = ${birth.fingerprint}, birth_timestamp = ${birth.timestamp}, last_birth_at = clock_timestamp()
      where device_id = ${deviceId}`;
    return outcome;
  });
}

const tellsWhatIsGone = (birth: Birth): boolean => birth.fingerprint !== null && birth.unidentified !== true;

/** Stages every metric of the birth. */
async function writeWhole(
  tx: TransactionSql,
  o: { birth: Birth; deviceId: string; known: KnownMetrics; pending: DeclaredRename[] },
): Promise<WrittenBirth> {
  const { birth, deviceId, known, pending } = o;
  const { identityProperty = null, nameOfAlias } = birth;
  const complete = tellsWhatIsGone(birth);
  const metrics = () => birth.metrics(known);
  await stageMetrics(tx, { deviceId, metrics: metrics(), identityProperty });
  await holdUnread(tx, deviceId, birth.unread ?? []);

  const contested = await isContested(tx);
  if (contested) await refuseTwins(tx);
  const decided = pending.length > 0 ? await recogniseDeclared(tx, deviceId, pending) : [];
  const identityFaults =
    complete && identityProperty !== null ? await recogniseIdentities(tx, deviceId, identityProperty) : [];
  if (nameOfAlias !== undefined) await recogniseAliases(tx, deviceId, nameOfAlias);
  if (!complete && identityProperty !== null) {
    identityFaults.push(...(await holdUndecided(tx, deviceId, identityProperty)));
  }
  if (contested) await settleContested(tx);
  const superseded = await resolveConflicts(tx, { deviceId, complete });

  const changes = await applyBirth(tx, { deviceId, metrics });
  const retired = complete ? await retireMissing(tx, deviceId) : 0;
  const collisions = await readCollisions(tx);
  await keepRefused(tx, { deviceId, complete });
  const renames = decided.length > 0 ? await recordDecisions(tx, decided) : { applied: 0, waiting: 0, impossible: 0 };
  return {
    kind: 'written',
    changes: { ...changes, metricsRetired: retired + superseded },
    collisions,
    identityFaults,
    renames,
  };
}

/**
 * The metrics in use: a retired one that comes back must be written. Of those that are to be renamed the fingerprints are left out: their
 * properties are needed to be compared with those of another metric.
 */
async function readKnown(tx: TransactionSql, deviceId: string, renamed: string[]): Promise<KnownMetrics> {
  const known = new KnownMetrics();
  const rows = tx<{ id: string; fingerprint: Buffer | null }[]>`
    select m.metric_id as id, ${renamed.length === 0 ? tx`f.fingerprint` : tx`case when m.name <> all (${renamed}::text[]) then f.fingerprint end as fingerprint`}
    from uns_meta.metrics m
    left join uns_meta.metric_fingerprints f using (metric_id)
    where m.device_id = ${deviceId} and m.retired_at is null`;
  for await (const batch of rows.cursor(10_000)) {
    for (const { id, fingerprint } of batch) known.add(fingerprint, Number(id));
  }
  return known;
}
