import type { Sql } from 'postgres';
import type { DeviceIdentity } from './birth-metric.ts';

/** One thing that is wrong with a birth, in a form that is the same each time it is seen. */
export interface QuarantineEntry {
  /** '' when the birth as a whole is meant. */
  metric: string;
  /** '' when the metric as a whole is meant. */
  property: string;
  reason: string;
  detail: string;
  /** How often it was seen in this birth. */
  occurrences: number;
}

/** Most entries kept of one device: a device whose every metric is wrong shows it with these. */
const entriesPerDevice = 10_000;

/** Adds to the device's quarantine; what is there already is counted, not repeated. */
export async function quarantine(sql: Sql, device: DeviceIdentity, entries: readonly QuarantineEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const kept = entries.slice(0, entriesPerDevice);
  await sql`
    insert into uns_meta.birth_quarantine as q (group_id, edge, device, metric, property, reason, detail, occurrences)
    select ${device.group}, ${device.edge}, ${device.device}, e.metric, e.property, e.reason, min(e.detail), sum(e.occurrences)
    from unnest(
      ${kept.map((entry) => entry.metric)}::text[],
      ${kept.map((entry) => entry.property)}::text[],
      ${kept.map((entry) => entry.reason)}::text[],
      ${kept.map((entry) => entry.detail)}::text[],
      ${kept.map((entry) => entry.occurrences)}::bigint[]
    ) as e (metric, property, reason, detail, occurrences)
    group by e.metric, e.property, e.reason
    on conflict on constraint birth_quarantine_subject
    do update set occurrences = q.occurrences + excluded.occurrences, detail = excluded.detail, last_seen = clock_timestamp()`;
}
