import type { Sql } from 'postgres';
import type { DeviceIdentity } from './birth-metric.ts';

/**
 * Notes that the device was born again exactly as the store has it. Open quarantine entries that say of a birth as a whole what this one
 * disproves (`disproves`: their reasons) are resolved: there may be no other birth for years.
 *
 * @returns false when the store has another birth, or none, or when a metric that was refused has its path free now: the birth must be
 * written.
 */
export async function touchBirth(
  sql: Sql,
  birth: {
    device: DeviceIdentity;
    unsPath: string;
    timestamp: Date;
    fingerprint: Buffer;
    disproves?: readonly string[];
  },
): Promise<boolean> {
  const { group, edge, device } = birth.device;
  const touched = await sql`
    with touched as (
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
        )
      returning device_id
    ),
    resolved as (
      update uns_meta.birth_quarantine
      set resolved_at = clock_timestamp()
      where exists (select from touched)
        and (group_id, edge, device, metric, property) = (${group}, ${edge}, ${device}, '', '')
        and reason = any (${[...(birth.disproves ?? [])]}::text[])
        and resolved_at is null
    )
    select from touched`;
  return touched.count === 1;
}
