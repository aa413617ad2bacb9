import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TransactionSql } from 'postgres';
import type { BirthMetric } from './birth-metric.ts';
import { copyChunks, stagingColumns } from './copy-rows.ts';

/**
 * Creates the session's staging tables once; each commit empties them. Temporary tables write no WAL, and keeping them spares the
 * catalogs a churn with every birth.
 */
async function createStagingTables(tx: TransactionSql): Promise<void> {
  await tx`
    create temporary table if not exists birth_rows (
      ordinal integer not null,
      key text collate "C",
      type "char",
      value text collate "C",
      uns_path text collate "C",
      datatype smallint,
      changed boolean,
      fingerprint bytea
    ) on commit delete rows`;
  await tx`
    create temporary table if not exists birth_metrics (
      ordinal integer not null,
      metric_id bigint not null,
      is_new boolean not null,
      changed boolean not null,
      name text collate "C" not null,
      uns_path text collate "C" not null,
      canary_key text collate "C" not null,
      datatype smallint not null,
      fingerprint bytea not null,
      -- Set when another metric holds the path: the metric stays as it is in the store, and goes to quarantine.
      holder text
    ) on commit delete rows`;
}

/**
 * Copies a birth into the staging tables and gives each metric its identity: the one it has by (device, name), else a new one.
 * Back-pressure reaches from the server through COPY to the decoder that feeds `metrics`.
 */
export async function stageBirth(
  tx: TransactionSql,
  deviceId: string,
  metrics: AsyncIterable<readonly BirthMetric[]>,
): Promise<void> {
  await createStagingTables(tx);
  const copy = await tx`copy birth_rows (${tx.unsafe(stagingColumns.join(', '))}) from stdin`.writable();
  await pipeline(Readable.from(copyChunks(metrics), { objectMode: true, highWaterMark: 2 }), copy);
  // Of metrics that meet in one path the one that has it already keeps it, else the first of the birth.
  await tx`
    insert into birth_metrics (ordinal, metric_id, is_new, changed, name, uns_path, canary_key, datatype, fingerprint, holder)
    select
      ordinal,
      coalesce(metric_id, nextval('uns_meta.metrics_metric_id_seq')),
      metric_id is null,
      changed,
      name,
      uns_path,
      canary_key,
      datatype,
      fingerprint,
      case when row_number() over same_key > 1 then first_value(name) over same_key end
    from (
      select
        r.ordinal,
        m.metric_id,
        r.changed,
        r.value as name,
        r.uns_path,
        lower(replace(r.uns_path, '/', '.') collate "default") as canary_key,
        r.datatype,
        r.fingerprint,
        m.canary_key as held_key
      from birth_rows r
      left join uns_meta.metrics m on m.device_id = ${deviceId} and m.name = r.value
      where r.key is null
    ) as named
    window same_key as (partition by canary_key order by held_key is distinct from canary_key, ordinal)
    order by ordinal`;
  await tx`analyze birth_rows`;
  await tx`analyze birth_metrics`;
}
