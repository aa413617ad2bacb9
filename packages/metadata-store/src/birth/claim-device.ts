import type { TransactionSql } from 'postgres';
import type { DeviceIdentity } from './birth-metric.ts';

type Claimed =
  | { kind: 'claimed'; deviceId: string }
  | { kind: 'stale'; storedTimestamp: Date }
  | { kind: 'path-taken'; holder: string }
  | { kind: 'no-room'; mostDevices: number };

/**
 * Finds or makes the device's row and locks it; refuses a birth that is older than the one stored, and a new device beyond `mostDevices`.
 * Births of several new devices at the same time may each take the last place.
 */
export async function claimDevice(
  tx: TransactionSql,
  birth: { device: DeviceIdentity; unsPath: string; timestamp: Date; mostDevices?: number },
): Promise<Claimed> {
  const { group, edge, device } = birth.device;
  const mostDevices = birth.mostDevices ?? Number.MAX_SAFE_INTEGER;
  const [taken] = await tx<{ holder: string }[]>`
    select group_id || '/' || edge || '/' || device as holder
    from uns_meta.devices
    where uns_path = ${birth.unsPath} and (group_id, edge, device) <> (${group}, ${edge}, ${device})`;
  if (taken !== undefined) return { kind: 'path-taken', holder: taken.holder };
  await tx`
    insert into uns_meta.devices (group_id, edge, device, uns_path)
    select ${group}, ${edge}, ${device}, ${birth.unsPath}
    where exists (select from uns_meta.devices where (group_id, edge, device) = (${group}, ${edge}, ${device}))
      or (select count(*) from uns_meta.devices) < ${mostDevices}
    on conflict (group_id, edge, device) do nothing`;
  const [row] = await tx<{ deviceId: string; storedTimestamp: Date | null }[]>`
    select device_id as "deviceId", birth_timestamp as "storedTimestamp"
    from uns_meta.devices
    where (group_id, edge, device) = (${group}, ${edge}, ${device})
    for update`;
  if (row === undefined) return { kind: 'no-room', mostDevices };
  if (row.storedTimestamp !== null && row.storedTimestamp > birth.timestamp) {
    return { kind: 'stale', storedTimestamp: row.storedTimestamp };
  }
  await tx`
    update uns_meta.devices set uns_path = ${birth.unsPath} where device_id = ${row.deviceId} and uns_path <> ${birth.unsPath}`;
  return { kind: 'claimed', deviceId: row.deviceId };
}
