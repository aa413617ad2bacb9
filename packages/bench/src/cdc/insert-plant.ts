import type { Sql } from 'postgres';

/** With those of a metric, about what Ignition sends. */
export const propertiesPerMetric = 9;

/** Writes a device with all its metrics and properties in one transaction, history included. Returns when it was committed, by `performance.now()`. */
export async function insertPlant(sql: Sql, metrics: number): Promise<number> {
  await sql.begin(async (tx) => {
    await tx`select set_config('uns_meta.writer', 'birth', true)`;
    await tx`insert into uns_meta.devices (group_id, edge, device, uns_path) values ('Secil', 'Portugal', 'Cement', 'Secil/Portugal/Cement')`;
    await tx`
      insert into uns_meta.metrics (device_id, name, uns_path, datatype)
      select device_id, 'Maceira/400/KPI ' || i, 'Secil/Portugal/Cement/Maceira/400/KPI ' || i, 9
      from uns_meta.devices, generate_series(1, ${metrics}) as i`;
    await tx`
      insert into uns_meta.metric_properties (metric_id, key, type, string_value)
      select metric_id, 'property ' || k, 'string', 'value ' || k || ' of ' || name
      from uns_meta.metrics, generate_series(1, ${propertiesPerMetric}) as k`;
  });
  return performance.now();
}
