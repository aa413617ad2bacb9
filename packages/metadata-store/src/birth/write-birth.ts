import type { Sql, TransactionSql } from 'postgres';
import { applyBirth, type BirthChanges } from './apply-birth.ts';
import type { BirthMetric, DeviceIdentity } from './birth-metric.ts';
import { FingerprintSet } from './fingerprint-set.ts';
import { refuseCollisions, type Collision } from './refuse-collisions.ts';
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
}

export type BirthOutcome =
  | { kind: 'written'; changes: BirthChanges; collisions: Collision[] }
  /** The store holds a newer birth of the device. */
  | { kind: 'stale'; storedTimestamp: Date }
  /** Another device has the path. */
  | { kind: 'path-taken'; holder: string };

/** Writes a complete birth in one transaction. The same device's births wait for one another; other devices' do not. */
export function writeBirth(sql: Sql, birth: Birth): Promise<BirthOutcome> {
  return sql.begin(async (tx): Promise<BirthOutcome> => {
    const { group, edge, device } = birth.device;
    await tx`select pg_advisory_xact_lock(hashtextextended(${`${group}/${edge}/${device}`}, 0))`;
    const claimed = await claimDevice(tx, birth);
    if (claimed.kind !== 'claimed') return claimed;
    const known = await readFingerprints(tx, claimed.deviceId);
    await stageBirth(tx, claimed.deviceId, birth.metrics(known));
    const collisions = await refuseCollisions(tx, claimed.deviceId);
    const changes = await applyBirth(tx, { deviceId: claimed.deviceId, complete: birth.fingerprint !== null });
    await tx`
      update uns_meta.devices
      set birth_fingerprint = ${birth.fingerprint}, birth_timestamp = ${birth.timestamp}, last_birth_at = clock_timestamp()
      where device_id = ${claimed.deviceId}`;
    return { kind: 'written', changes, collisions };
  });
}

type Claimed = { kind: 'claimed'; deviceId: string } | Exclude<BirthOutcome, { kind: 'written' }>;

async function claimDevice(tx: TransactionSql, birth: Birth): Promise<Claimed> {
  const { group, edge, device } = birth.device;
  const [taken] = await tx<{ holder: string }[]>`
    select group_id || '/' || edge || '/' || device as holder
    from uns_meta.devices
    where uns_path = ${birth.unsPath} and (group_id, edge, device) <> (${group}, ${edge}, ${device})`;
  if (taken !== undefined) return { kind: 'path-taken', holder: taken.holder };
  await tx`
    insert into uns_meta.devices (group_id, edge, device, uns_path) values (${group}, ${edge}, ${device}, ${birth.unsPath})
    on conflict (group_id, edge, device) do nothing`;
  const [row] = await tx<{ deviceId: string; storedTimestamp: Date | null }[]>`
    select device_id as "deviceId", birth_timestamp as "storedTimestamp"
    from uns_meta.devices
    where (group_id, edge, device) = (${group}, ${edge}, ${device})
    for update`;
  if (row === undefined) throw new Error(`device ${group}/${edge}/${device} vanished while it was claimed`);
  if (row.storedTimestamp !== null && row.storedTimestamp > birth.timestamp) {
    return { kind: 'stale', storedTimestamp: row.storedTimestamp };
  }
  await tx`
    update uns_meta.devices set uns_path = ${birth.unsPath} where device_id = ${row.deviceId} and uns_path <> ${birth.unsPath}`;
  return { kind: 'claimed', deviceId: row.deviceId };
}

/** Only of metrics in use: a retired one that comes back must be written. */
async function readFingerprints(tx: TransactionSql, deviceId: string): Promise<FingerprintSet> {
  const known = new FingerprintSet();
  const rows = tx<{ fingerprint: Buffer }[]>`
    select f.fingerprint
    from uns_meta.metrics m
    join uns_meta.metric_fingerprints f using (metric_id)
    where m.device_id = ${deviceId} and m.retired_at is null`;
  for await (const batch of rows.cursor(10_000)) {
    for (const row of batch) known.add(row.fingerprint);
  }
  return known;
}
