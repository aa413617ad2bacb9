import type { JSONValue, Sql } from 'postgres';
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
  /** What a frame looked like that could not be read. */
  sample?: JSONValue;
}

/** Most entries kept of one device: a device whose every metric is wrong shows it with these. */
const entriesPerDevice = 10_000;

/**
 * Adds to the device's quarantine; what is there already is counted, not repeated. With `exhaustive` the entries are all that is wrong
 * with the device now: what else was wrong before is noted as resolved. Of more than 10,000 entries of a device those that are resolved,
 * and the oldest, go.
 */
export async function quarantine(
  sql: Sql,
  device: DeviceIdentity,
  entries: readonly QuarantineEntry[],
  o: { exhaustive: boolean } = { exhaustive: false },
): Promise<void> {
  if (entries.length === 0 && !o.exhaustive) return;
  const kept = entries.slice(0, entriesPerDevice);
  const { group, edge } = device;
  await sql.begin(async (tx) => {
    // Two ingest pods may read the same birth, and would lock its entries in each other's way.
    await tx`select pg_advisory_xact_lock(hashtextextended(${`quarantine/${group}/${edge}/${device.device}`}, 0))`;
    const ofDevice = tx`(group_id, edge, device) = (${group}, ${edge}, ${device.device})`;
    const seen = await tx<{ id: string }[]>`
      insert into uns_meta.birth_quarantine as q (group_id, edge, device, metric, property, reason, detail, occurrences, sample)
      select ${group}, ${edge}, ${device.device}, e.metric, e.property, e.reason, min(e.detail), sum(e.occurrences),
        (array_agg(e.sample::jsonb))[1]
      from unnest(
        ${kept.map((entry) => entry.metric)}::text[],
        ${kept.map((entry) => entry.property)}::text[],
        ${kept.map((entry) => entry.reason)}::text[],
        ${kept.map((entry) => entry.detail)}::text[],
        ${kept.map((entry) => entry.occurrences)}::bigint[],
        ${kept.map((entry) => (entry.sample === undefined ? null : JSON.stringify(entry.sample)))}::text[]
      ) as e (metric, property, reason, detail, occurrences, sample)
      group by e.metric, e.property, e.reason
      on conflict on constraint birth_quarantine_subject do update set
        occurrences = q.occurrences + excluded.occurrences,
        detail = excluded.detail,
        sample = coalesce(excluded.sample, q.sample),
        last_seen = clock_timestamp(),
        resolved_at = null
      returning quarantine_id as id`;
    if (o.exhaustive) {
      await tx`
        update uns_meta.birth_quarantine set resolved_at = clock_timestamp()
        where ${ofDevice} and resolved_at is null and quarantine_id <> all (${seen.map((row) => row.id)}::bigint[])`;
    }
    if (seen.length === 0) return;
    await tx`
      delete from uns_meta.birth_quarantine
      where quarantine_id in (
        select quarantine_id from uns_meta.birth_quarantine
        where ${ofDevice}
        order by (resolved_at is null) desc, last_seen desc
        offset ${entriesPerDevice}
      )`;
  });
}
