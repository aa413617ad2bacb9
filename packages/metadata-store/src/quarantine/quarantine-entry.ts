import type { TransactionSql } from 'postgres';
import type { DeviceIdentity } from '../birth/birth-metric.ts';

/** What an entry shows besides its words: of a frame that could not be read what it looked like, of many devices some of them. */
export interface QuarantineSample {
  readonly [what: string]: string | number | readonly string[];
  readonly devices?: readonly string[];
}

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
  sample?: QuarantineSample;
}

/** What is wrong with one device, or with '' for the device with its edge node. */
export interface QuarantineSubject {
  device: DeviceIdentity;
  entries: readonly QuarantineEntry[];
}

/** An entry with the subject it is kept under. */
export interface QuarantineRow extends QuarantineEntry {
  device: DeviceIdentity;
  /** What of the subject is not in the store. */
  unknown: 'device' | 'node' | null;
}

/** Most devices named in the entry that stands for many. */
export const mostNamed = 20;

/**
 * Adds rows, or counts those that are there already. In the order of their keys: two that write the same ones do not lock them in each
 * other's way. Returns the ids.
 */
export async function upsertRows(tx: TransactionSql, rows: readonly QuarantineRow[]): Promise<string[]> {
  const texts = (read: (row: QuarantineRow) => string | null) => tx`${rows.map(read)}::text[]`;
  const written = await tx<{ id: string }[]>`
    insert into uns_meta.birth_quarantine as q
      (group_id, edge, device, metric, property, reason, detail, occurrences, sample, unknown)
    select e.group_id, e.edge, e.device, e.metric, e.property, e.reason, min(e.detail), sum(e.occurrences),
      (array_agg(e.sample::jsonb))[1], min(e.unknown)
    from unnest(
      ${texts((row) => row.device.group)}, ${texts((row) => row.device.edge)}, ${texts((row) => row.device.device)},
      ${texts((row) => row.metric)}, ${texts((row) => row.property)}, ${texts((row) => row.reason)},
      ${texts((row) => row.detail)}, ${rows.map((row) => row.occurrences)}::bigint[],
      ${texts((row) => (row.sample === undefined ? null : JSON.stringify(row.sample)))}, ${texts((row) => row.unknown)}
    ) as e (group_id, edge, device, metric, property, reason, detail, occurrences, sample, unknown)
    group by e.group_id, e.edge, e.device, e.metric, e.property, e.reason
    order by e.group_id collate "C", e.edge collate "C", e.device collate "C", e.metric collate "C", e.property collate "C", e.reason
    on conflict on constraint birth_quarantine_subject do update set
      occurrences = q.occurrences + excluded.occurrences,
      detail = excluded.detail,
      sample = case
        when excluded.sample ? 'devices' and q.sample ? 'devices' then q.sample || excluded.sample || jsonb_build_object('devices', (
          select jsonb_agg(d.id order by d.place)
          from (
            select id, min(place) as place
            from jsonb_array_elements_text((excluded.sample -> 'devices') || (q.sample -> 'devices')) with ordinality as n (id, place)
            group by id order by place limit ${mostNamed}
          ) as d
        ))
        else coalesce(excluded.sample, q.sample)
      end,
      last_seen = clock_timestamp(),
      resolved_at = null
    returning quarantine_id as id`;
  return written.map((row) => row.id);
}
