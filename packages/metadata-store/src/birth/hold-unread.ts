import type { TransactionSql } from 'postgres';

/**
 * The device's metrics in use that the names stand for: those of the names themselves, and what is below them, for a metric that could
 * not be read may be a template instance. '0' follows '/'.
 */
const unreadMetrics = (tx: TransactionSql, deviceId: string, names: readonly string[]) => tx`
  select m.metric_id
  from unnest(${names}::text[]) as u (name)
  cross join lateral (
    select metric_id from uns_meta.metrics where device_id = ${deviceId} and name = u.name and retired_at is null
    union all
    select metric_id from uns_meta.metrics
    where device_id = ${deviceId} and name >= u.name || '/' and name < u.name || '0' and retired_at is null
  ) as m`;

/**
 * Stages the metrics that the birth has and that could not be read, as they are stored: they are not gone, and neither their tags nor
 * their names are free.
 */
export async function holdUnread(tx: TransactionSql, deviceId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await tx`
    insert into birth_metrics (ordinal, metric_id, is_new, state, recognised, name, uns_path, canary_key, datatype, fingerprint)
    select -row_number() over (order by m.metric_id), m.metric_id, false, 'k', 'u', m.name, m.uns_path, m.canary_key, m.datatype, ''
    from uns_meta.metrics m
    where m.metric_id in (${unreadMetrics(tx, deviceId, names)})
      and not exists (select from birth_metrics b where b.metric_id = m.metric_id)`;
}

/** Takes them out of those that a patch would retire. */
export async function keepUnread(tx: TransactionSql, deviceId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await tx`delete from birth_absent where metric_id in (${unreadMetrics(tx, deviceId, names)})`;
}
