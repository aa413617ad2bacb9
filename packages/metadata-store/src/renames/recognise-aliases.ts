import type { TransactionSql } from 'postgres';

/**
 * Gives staged metrics whose name has become known the identity they had as `alias:<id>`, unless the name is a metric of the store
 * already. `nameOf` says what the birth calls an alias. Returns how many.
 */
export async function recogniseAliases(
  tx: TransactionSql,
  deviceId: string,
  nameOf: (alias: string) => string | null,
): Promise<number> {
  // ';' follows ':'. The index on (device_id, name) makes this free for a device without such metrics.
  const nameless = await tx<{ id: string; name: string }[]>`
    select metric_id as id, name from uns_meta.metrics
    where device_id = ${deviceId} and name >= 'alias:' and name < 'alias;'
    order by metric_id desc`;
  const named = nameless.flatMap(({ id, name }) => {
    const known = nameOf(name.slice('alias:'.length));
    return known === null ? [] : [{ id, name: known }];
  });
  if (named.length === 0) return 0;
  const recognised = await tx`
    update birth_metrics b
    set metric_id = n.metric_id, is_new = false, recognised = 'a'
    from (
      select distinct on (name) name, metric_id
      from unnest(${named.map((row) => row.name)}::text[], ${named.map((row) => row.id)}::bigint[]) as n (name, metric_id)
      order by name, metric_id
    ) as n
    where b.name = n.name
      and b.is_new
      and b.holder is null
      and not exists (select from birth_metrics x where x.metric_id = n.metric_id)`;
  return recognised.count;
}
