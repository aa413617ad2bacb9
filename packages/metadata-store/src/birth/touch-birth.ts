import type { Sql } from 'postgres';
import type { DeviceIdentity } from './birth-metric.ts';

/**
 * Notes that the device was born again exactly as the store has it.
 *
 * @returns false when the store has another birth, or none, or when a metric that was refused has its path free now: the birth must be
 * written.
 */
export async function touchBirth(
  sql: Sql,
  birth: { device: DeviceIdentity; unsPath: string; timestamp: Date; fingerprint: Buffer },
): Promise<boolean> {
  const { group, edge, device } = birth.device;
  const result = await sql`
    update uns_meta.devices d
    set last_birth_at = clock_timestamp(), birth_timestamp = greatest(birth_timestamp, ${birth.timestamp})
    where (group_id, edge, device) = (${group}, ${edge}, ${device})
      and birth_fingerprint = ${birth.fingerprint}
      and uns_path = ${birth.unsPath}
      and not exists (
        select from uns_meta.refused_metrics r
        left join uns_meta.metrics h on h.metric_id = r.holder_id
        where r.device_id = d.device_id
          and (h.metric_id is null or h.canary_key <> r.canary_key or h.retired_at is not null)
      )`;
  return result.count === 1;
}
