import type { TransactionSql } from 'postgres';
import type { DeviceIdentity } from './birth-metric.ts';

type Claimed =
  | { kind: 'claimed'; deviceId: string }
  | { kind: 'stale'; storedTimestamp: Date }
  | { kind: 'path-taken'; holder: string };

/** Finds or makes the device's row and locks it; refuses a birth that is older than the one stored. */
export async function claimDevice(
  tx: TransactionSql,
  birth: { device: DeviceIdentity; unsPath: string; timestamp: Date },
): Promise<Claimed> {
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
