import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TransactionSql } from 'postgres';
import type { BirthMetric } from './birth-metric.ts';
import { conflictsTable } from './resolve-conflicts.ts';
import { copyChunks, metricRow, propertyColumns, propertyRow, stagedPropertyRow, stagingColumns } from './copy-rows.ts';
import type { WantedMetrics } from './wanted-metrics.ts';

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
    -- t (the tag that nobody else has any more), u (it could not be read, and stays as it is).
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

type Metrics = AsyncIterable<readonly BirthMetric[]>;

/**
 * Copies the metrics of a birth into the staging tables and gives each its identity: the one it has by (device, name), else a new one. Of
 * their properties only that one which may identify them. Back-pressure reaches from the server through COPY to the decoder that feeds
 * `metrics`.
 */
export async function stageMetrics(
  tx: TransactionSql,
  o: { deviceId: string; metrics: Metrics; identityProperty: string | null },
): Promise<void> {
  await tx.unsafe(`${stagingTables};${conflictsTable}`);
  await copyRows(tx, stagingTable, o.metrics, (metric) => {
    const identity =
      o.identityProperty === null ? undefined : metric.properties?.find(({ key }) => key === o.identityProperty);
    return metricRow(metric) + (identity === undefined ? '' : stagedPropertyRow(metric.ordinal, identity));
  });
  // Autovacuum sees no temporary tables: without this the planner takes them for empty, and joins by nested loops.
  await tx`analyze birth_rows (ordinal)`;
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
    left join uns_meta.metrics m on m.device_id = ${o.deviceId} and m.name = r.value
    where r.key is null`;
  await tx`analyze birth_metrics`;
  if (o.identityProperty !== null) await tx`analyze birth_rows`;
}

/** Empties the staging tables for another start in the same transaction. */
export async function clearStaging(tx: TransactionSql): Promise<void> {
  await tx`truncate birth_rows, birth_metrics, birth_conflicts`;
}

/** Copies the properties of the metrics wanted into the staging table, to be compared with what is stored. */
export async function stageProperties(tx: TransactionSql, metrics: Metrics, wanted: WantedMetrics): Promise<void> {
  await tx`truncate birth_rows`;
  await copyRows(tx, stagingTable, metrics, (metric) => {
    if (metric.properties === null || wanted.idOf(metric.ordinal) === null) return '';
    return metric.properties.map((property) => stagedPropertyRow(metric.ordinal, property)).join('');
  });
  await tx`analyze birth_rows`;
}

/**
 * Copies the properties of new metrics to where they belong: there is nothing to compare them with.
 *
 * @returns how many.
 */
export async function copyProperties(tx: TransactionSql, metrics: Metrics, wanted: WantedMetrics): Promise<number> {
  let count = 0;
  await copyRows(tx, `uns_meta.metric_properties (${propertyColumns.join(', ')})`, metrics, (metric) => {
    const metricId = wanted.idOf(metric.ordinal);
    if (metric.properties === null || metricId === null) return '';
    let rows = '';
    for (const property of metric.properties) rows += propertyRow(metricId, property);
    count += metric.properties.length;
    return rows;
  });
  return count;
}

const stagingTable = `birth_rows (${stagingColumns.join(', ')})`;

async function copyRows(
  tx: TransactionSql,
  target: string,
  metrics: Metrics,
  rowsOf: (metric: BirthMetric) => string,
): Promise<void> {
  const copy = await tx.unsafe(`copy ${target} from stdin`).writable();
  await pipeline(Readable.from(copyChunks(metrics, rowsOf), { objectMode: true, highWaterMark: 2 }), copy);
}
