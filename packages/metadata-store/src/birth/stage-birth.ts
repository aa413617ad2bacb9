import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TransactionSql } from 'postgres';
import type { BirthMetric } from './birth-metric.ts';
import { copyChunks, stagingColumns } from './copy-rows.ts';

/**
 * The session's staging tables, made once; each commit empties them. Temporary tables write no WAL, and keeping them spares the
 * catalogs a churn with every birth.
 */
const stagingTables = `
  create temporary table if not exists birth_rows (
    ordinal integer not null,
    key text collate "C",
    type "char",
    value text collate "C",
    uns_path text collate "C",
    datatype smallint,
    state "char",
    fingerprint bytea
  ) on commit delete rows;
  create temporary table if not exists birth_metrics (
    ordinal integer not null,
    metric_id bigint not null,
    is_new boolean not null,
    -- What the birth tells of the properties: k (known already), a (all), p (a part).
    state "char" not null,
    -- What the metric was recognised by: n (its name, or not at all), d (a declared rename), i (the identity property), a (its alias),
    -- t (the tag that nobody else has any more).
    recognised "char" not null default 'n',
    name text collate "C" not null,
    uns_path text collate "C" not null,
    canary_key text collate "C" not null,
    datatype smallint not null,
    fingerprint bytea not null,
    -- Set when another metric holds the path: the metric stays as it is in the store, and goes to quarantine.
    holder text,
    holder_id bigint,
    -- Set with it: the kind of the Collision.
    refusal text
  ) on commit delete rows`;

/**
 * Copies a birth into the staging tables and gives each metric its identity: the one it has by (device, name), else a new one.
 * Back-pressure reaches from the server through COPY to the decoder that feeds `metrics`.
 */
export async function stageBirth(
  tx: TransactionSql,
  deviceId: string,
  metrics: AsyncIterable<readonly BirthMetric[]>,
): Promise<void> {
  await tx.unsafe(stagingTables);
  const copy = await tx`copy birth_rows (${tx.unsafe(stagingColumns.join(', '))}) from stdin`.writable();
  await pipeline(Readable.from(copyChunks(metrics), { objectMode: true, highWaterMark: 2 }), copy);
  await tx`
    insert into birth_metrics (ordinal, metric_id, is_new, state, name, uns_path, canary_key, datatype, fingerprint)
    select
      r.ordinal,
      coalesce(m.metric_id, nextval('uns_meta.metrics_metric_id_seq')),
      m.metric_id is null,
      r.state,
      r.value,
      r.uns_path,
      uns_meta.canary_key(r.uns_path),
      r.datatype,
      r.fingerprint
    from birth_rows r
    left join uns_meta.metrics m on m.device_id = ${deviceId} and m.name = r.value
    where r.key is null`;
  await tx`analyze birth_rows`;
  await tx`analyze birth_metrics`;
}
