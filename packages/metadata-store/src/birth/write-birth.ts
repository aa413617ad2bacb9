import type { Sql, TransactionSql } from 'postgres';
import {
  readPendingRenames,
  recogniseDeclared,
  recordDecisions,
  type RenameOutcome,
} from '../renames/declared-renames.ts';
import { recogniseAliases } from '../renames/recognise-aliases.ts';
import { holdUndecided } from '../renames/hold-undecided.ts';
import type { IdentityFault } from '../renames/identity-fault.ts';
import { recogniseIdentities } from '../renames/recognise-identities.ts';
import { applyBirth, type BirthChanges } from './apply-birth.ts';
import type { BirthMetric, DeviceIdentity } from './birth-metric.ts';
import { claimDevice } from './claim-device.ts';
import { keepRefused, readCollisions, type Collision } from './collisions.ts';
import { FingerprintSet } from './fingerprint-set.ts';
import { holdRules } from '../paths/apply-path-rules.ts';
import { resolveConflicts } from './resolve-conflicts.ts';
import { isContested, refuseTwins, settleContested } from './settle-contested.ts';
import { stageBirth } from './stage-birth.ts';

export interface Birth {
  device: DeviceIdentity;
  unsPath: string;
  /** The edge's clock; of two births the one with the later time is the newer. */
  timestamp: Date;
  /** Hash of the whole birth; null when it could not be read to its end: then it does not tell which metrics are gone. */
  fingerprint: Buffer | null;
  /** Reads the metrics; is told which fingerprints the device has, because the properties of those need not be read. */
  metrics: (known: FingerprintSet) => AsyncIterable<readonly BirthMetric[]>;
  /** What the birth, or the births before it, call an alias: metrics stored as `alias:<id>` get their names. */
  nameOfAlias?: (alias: string) => string | null;
  /** A property whose value stays with a metric when its name changes. */
  identityProperty?: string | null;
  /** The mapping rules that made the paths; when the store has others for the groups, the birth is not written. */
  rules?: { groups: readonly string[]; digest: string };
}

export type BirthOutcome =
  | {
      kind: 'written';
      changes: BirthChanges;
      collisions: Collision[];
      identityFaults: IdentityFault[];
      renames: RenameOutcome;
    }
  /** The store holds a newer birth of the device. */
  | { kind: 'stale'; storedTimestamp: Date }
  /** Another device has the path. */
  | { kind: 'path-taken'; holder: string };

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
      select pg_advisory_xact_lock(hashtextextended(${`${group}/${edge}/${device}`}, 0)), set_config('uns_meta.writer', 'birth', true)`;
    const claimed = await claimDevice(tx, birth);
    if (claimed.kind !== 'claimed') return claimed;
    if (birth.rules !== undefined) await holdRules(tx, birth.rules);
    const { deviceId } = claimed;
    const { identityProperty = null, nameOfAlias } = birth;
    const complete = birth.fingerprint !== null;
    const pending = complete ? await readPendingRenames(tx, birth.device) : [];
    const known = await readFingerprints(
      tx,
      deviceId,
      pending.flatMap((rename) => [rename.oldName, rename.newName]),
    );
    await stageBirth(tx, deviceId, birth.metrics(known));

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

    const changes = await applyBirth(tx, { deviceId, complete });
    const collisions = await readCollisions(tx);
    await keepRefused(tx, { deviceId, complete });
    const renames = decided.length > 0 ? await recordDecisions(tx, decided) : { applied: 0, waiting: 0, impossible: 0 };
    await tx`
      update uns_meta.devices
      set birth_fingerprint = ${birth.fingerprint}, birth_timestamp = ${birth.timestamp}, last_birth_at = clock_timestamp()
      where device_id = ${deviceId}`;
    return {
      kind: 'written',
      changes: { ...changes, metricsRetired: changes.metricsRetired + superseded },
      collisions,
      identityFaults,
      renames,
    };
  });
}

/**
 * Only of metrics in use: a retired one that comes back must be written. And not of those that are to be renamed: their properties are
 * needed to be compared with those of another metric.
 */
async function readFingerprints(tx: TransactionSql, deviceId: string, renamed: string[]): Promise<FingerprintSet> {
  const known = new FingerprintSet();
  const rows = tx<{ fingerprint: Buffer }[]>`
    select f.fingerprint
    from uns_meta.metrics m
    join uns_meta.metric_fingerprints f using (metric_id)
    where m.device_id = ${deviceId} and m.retired_at is null ${renamed.length === 0 ? tx`` : tx`and m.name <> all (${renamed}::text[])`}`;
  for await (const batch of rows.cursor(10_000)) {
    for (const row of batch) known.add(row.fingerprint);
  }
  return known;
}
