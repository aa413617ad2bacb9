import type { TransactionSql } from 'postgres';

/** A metric that is left out of the birth because another has its path, or its name. */
export interface Collision {
  /**
   * `twin`: the birth has the name a second time. `path`: the holder has the path, or one that is the same tag. `name`: the holder was
   * to be renamed, could not be, and so keeps its name.
   */
  kind: 'twin' | 'path' | 'name';
  name: string;
  unsPath: string;
  /** The metric that keeps the path or the name: what it is called, of which device when of another one, and what it cannot become. */
  holder: string;
}

/** The metrics that were refused, in the order of the birth. */
export async function readCollisions(tx: TransactionSql): Promise<Collision[]> {
  return tx<Collision[]>`
    select refusal as kind, name, uns_path as "unsPath", holder from birth_metrics where holder is not null order by ordinal`;
}

/** Keeps in mind who was refused because of whom: see `touchBirth`. Writes what differs, and for most births nothing. */
export async function keepRefused(tx: TransactionSql, o: { deviceId: string; complete: boolean }): Promise<void> {
  await tx`
    delete from uns_meta.refused_metrics r
    where r.device_id = ${o.deviceId}
      and ${o.complete ? tx`true` : tx`exists (select from birth_metrics b where b.name = r.name)`}
      and not exists (select from birth_metrics b where b.name = r.name and b.holder_id = r.holder_id and b.canary_key = r.canary_key)`;
  // The holder of a holder that was refused itself is no row yet, and need not be: both are looked at together.
  await tx`
    insert into uns_meta.refused_metrics (device_id, name, canary_key, holder_id)
    select distinct on (b.name) ${o.deviceId}::bigint, b.name, b.canary_key, b.holder_id
    from birth_metrics b
    join uns_meta.metrics h on h.metric_id = b.holder_id
    where b.holder is not null
      and not exists (select from uns_meta.refused_metrics r where r.device_id = ${o.deviceId} and r.name = b.name)
    order by b.name, b.ordinal`;
}
