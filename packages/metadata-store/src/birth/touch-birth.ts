import type { Sql } from 'postgres';
import type { DeviceIdentity } from './birth-metric.ts';

/**
 * Notes that the device was born again exactly as the store has it.
 *
 * @returns false when the store has another birth, or none: the birth must be written.
 */
export async function touchBirth(
  sql: Sql,
  birth: { device: DeviceIdentity; unsPath: string; timestamp: Date; fingerprint: Buffer },
): Promise<boolean> {
  const { group, edge, device } = birth.device;
  const result = await sql`
    update uns_meta.devices
    set last_birth_at = clock_timestamp(), birth_timestamp = greatest(birth_timestamp, ${birth.timestamp})
    where (group_id, edge, device) = (${group}, ${edge}, ${device})
      and birth_fingerprint = ${birth.fingerprint}
      and uns_path = ${birth.unsPath}`;
  return result.count === 1;
}
