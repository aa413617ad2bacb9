import type { TransactionSql } from 'postgres';

/** Do any two metrics of the birth claim one tag? One pass with a hash, where sorting 98,332 paths would cost 0.3 s. */
export async function isContested(tx: TransactionSql): Promise<boolean> {
  const rows = await tx`select from birth_metrics group by canary_key having count(*) > 1 limit 1`;
  return rows.length > 0;
}

/** Of metrics with one name the first counts. */
export async function refuseTwins(tx: TransactionSql): Promise<void> {
  await tx`
    update birth_metrics b
    set holder = twins.name, holder_id = twins.first_id, refusal = 'twin'
    from (
      select
        ordinal,
        name,
        row_number() over same_name as place,
        first_value(metric_id) over same_name as first_id
      from birth_metrics
      where canary_key in (select canary_key from birth_metrics group by canary_key having count(*) > 1)
      window same_name as (partition by name order by ordinal)
    ) as twins
    where twins.place > 1 and b.ordinal = twins.ordinal`;
}

/** Of metrics of the birth that meet in one tag, the one that has it already keeps it, else the first. */
export async function settleContested(tx: TransactionSql): Promise<void> {
  await tx`
    update birth_metrics b
    set holder = rivals.first_name, holder_id = rivals.first_id, refusal = 'path'
    from (
      select
        c.ordinal,
        row_number() over same_key as place,
        first_value(c.name) over same_key as first_name,
        first_value(c.metric_id) over same_key as first_id
      from birth_metrics c
      left join uns_meta.metrics m using (metric_id)
      where c.holder is null
        and c.canary_key in (select canary_key from birth_metrics where holder is null group by canary_key having count(*) > 1)
      window same_key as (partition by c.canary_key order by m.canary_key is distinct from c.canary_key, c.ordinal)
    ) as rivals
    where rivals.place > 1 and b.ordinal = rivals.ordinal`;
}
