import type { Sql } from 'postgres';
import type { DeviceIdentity } from '../birth/birth-metric.ts';

/** Puts devices into the store, as their births would. */
export async function makeKnown(sql: Sql, ...devices: DeviceIdentity[]): Promise<void> {
  for (const { group, edge, device } of devices) {
    await sql`
      insert into uns_meta.devices (group_id, edge, device, uns_path)
      values (${group}, ${edge}, ${device}, ${[group, edge, device].join('/')})`;
  }
}
