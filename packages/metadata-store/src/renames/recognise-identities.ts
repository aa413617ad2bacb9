import type { TransactionSql } from 'postgres';
import { mostReported, storedIdentity, type IdentityFault } from './identity-fault.ts';

const identityTable = `
  create temporary table if not exists birth_identities (
    ordinal integer not null,
    value text collate "C" not null,
    -- The metric of the store that had the value last.
    target_id bigint
  ) on commit delete rows`;

/**
 * Gives staged metrics whose name changed the identity that the value of the property `key` has in the store. A value that two metrics
 * share says nothing: they go by their names, and are reported, those that are as they were too. A metric whose name is another's former
 * one, and whose value is new, is a new metric.
 */
export async function recogniseIdentities(tx: TransactionSql, deviceId: string, key: string): Promise<IdentityFault[]> {
  await tx.unsafe(identityTable);
  const staged = await tx`
    insert into birth_identities (ordinal, value)
    select r.ordinal, r.value
    from birth_rows r
    join birth_metrics b using (ordinal)
    where r.key = ${key} and r.type in ('i', 'l', 's') and r.value <> '' and b.holder is null`;
  const shared = await dropShared(tx, key);
  return staged.count === 0 ? shared : [...shared, ...(await findTargets(tx, deviceId, key))];
}

/** Of a metric that the birth has as it is stored, or tells in part, the store knows the value. */
async function dropShared(tx: TransactionSql, key: string): Promise<IdentityFault[]> {
  return tx<IdentityFault[]>`
    with of_birth as materialized (
      select ordinal, value from birth_identities
      union all
      select b.ordinal, ${storedIdentity(tx)}
      from birth_metrics b
      join uns_meta.metric_properties p on p.metric_id = b.metric_id and p.key = ${key}
      where b.state <> 'a' and b.holder is null and ${storedIdentity(tx)} is not null
        and not exists (select from birth_rows r where r.ordinal = b.ordinal and r.key = ${key})
    ),
    shared as (
      select value from of_birth group by value having count(*) > 1
    ),
    dropped as (
      delete from birth_identities i using shared s where s.value = i.value
    )
    select 'shared' as kind, b.name, o.value
    from shared
    join of_birth o using (value)
    join birth_metrics b using (ordinal)
    order by b.ordinal
    limit ${mostReported}`;
}

async function findTargets(tx: TransactionSql, deviceId: string, key: string): Promise<IdentityFault[]> {
  // Most changed metrics have the value they had.
  await tx`
    delete from birth_identities i
    using birth_metrics b
    where b.ordinal = i.ordinal
      and (
        b.recognised <> 'n'
        or exists (
          select from uns_meta.metric_properties p
          where p.metric_id = b.metric_id and p.key = ${key} and ${storedIdentity(tx)} = i.value
        )
      )`;
  const ambiguous = await tx<IdentityFault[]>`
    with stored as (
      select ${storedIdentity(tx)} as value, m.metric_id, m.retired_at
      from uns_meta.metrics m
      join uns_meta.metric_properties p on p.metric_id = m.metric_id and p.key = ${key}
      where m.device_id = ${deviceId}
    ),
    -- One in use before retired ones, and of those the last.
    found as (
      select
        value,
        (array_agg(metric_id order by retired_at desc nulls first, metric_id desc))[1] as metric_id,
        count(*) filter (where retired_at is null) as in_use
      from stored
      where value in (select value from birth_identities)
      group by value
    ),
    targeted as (
      update birth_identities i
      set target_id = f.metric_id
      from found f
      where f.value = i.value
        and f.in_use < 2
        and not exists (select from birth_metrics b where b.metric_id = f.metric_id and b.recognised <> 'n')
    )
    select 'shared' as kind, b.name, f.value
    from found f
    join birth_identities i using (value)
    join birth_metrics b using (ordinal)
    where f.in_use > 1
    order by b.ordinal
    limit ${mostReported}`;
  const targeted = await tx`
    update birth_metrics b
    set metric_id = i.target_id, is_new = false, recognised = 'i'
    from birth_identities i
    where i.ordinal = b.ordinal and i.target_id is not null`;
  if (targeted.count === 0) return ambiguous;
  // Who was recognised by a name that is another metric's former one is a metric of its own.
  await tx`
    update birth_metrics b
    set metric_id = nextval('uns_meta.metrics_metric_id_seq'), is_new = true
    where b.recognised = 'n' and not b.is_new and b.metric_id in (select target_id from birth_identities where target_id is not null)`;
  return ambiguous;
}
