import type { TransactionSql } from 'postgres';
import { mostReported, storedIdentity, type IdentityFault } from './identity-fault.ts';

/**
 * Takes out of a birth that broke off the metrics of which only the rest of it could tell who they are: those whose value of the property
 * `key` is not the one they have in the store, unless they are new and so is the value. Written now, a tag that was renamed would stand
 * as a new metric, or its value under another name, and the next whole birth could not tell any more. It brings them.
 */
export async function holdUndecided(tx: TransactionSql, deviceId: string, key: string): Promise<IdentityFault[]> {
  return tx<IdentityFault[]>`
    with stored as (
      select m.metric_id, ${storedIdentity(tx)} as value
      from uns_meta.metrics m
      join uns_meta.metric_properties p on p.metric_id = m.metric_id and p.key = ${key}
      where m.device_id = ${deviceId} and ${storedIdentity(tx)} is not null
    ),
    held as (
      delete from birth_metrics b
      using birth_metrics t
      left join birth_rows r on r.ordinal = t.ordinal and r.key = ${key} and r.type in ('i', 'l', 's') and r.value <> ''
      left join stored s on s.metric_id = t.metric_id
      where b.ordinal = t.ordinal
        and t.holder is null
        -- Nothing told of the value: unchanged, or not to be told.
        and (t.state = 'a' or r.ordinal is not null)
        and r.value is distinct from s.value
        and (s.metric_id is not null or r.value in (select value from stored))
      returning b.ordinal, b.name, coalesce(r.value, '') as value
    )
    select 'undecided' as kind, name, value from held order by ordinal limit ${mostReported}`;
}
