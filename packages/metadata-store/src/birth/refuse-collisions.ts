import type { TransactionSql } from 'postgres';

export interface Collision {
  /** The metric that is left out. */
  name: string;
  unsPath: string;
  /** The metric that keeps the path: its name, with its device when that is another one. */
  holder: string;
}

/**
 * Takes every metric out of the birth whose path another metric holds and goes on holding after this birth. A metric that moves
 * away makes room, so swaps and chains work; a move that is refused itself makes none, hence the repetition until nothing changes.
 */
export async function refuseCollisions(tx: TransactionSql, deviceId: string): Promise<Collision[]> {
  let refused: number;
  do {
    const result = await tx`
      update birth_metrics b
      set holder = h.name
        || case when h.device_id = ${deviceId} then '' else ' of ' || d.group_id || '/' || d.edge || '/' || d.device end
      from uns_meta.metrics h
      join uns_meta.devices d using (device_id)
      left join birth_metrics moving on moving.metric_id = h.metric_id and moving.holder is null
      where b.holder is null
        and h.canary_key = b.canary_key
        and h.metric_id <> b.metric_id
        and (moving.metric_id is null or moving.canary_key = h.canary_key)`;
    refused = result.count;
  } while (refused > 0);
  return tx<Collision[]>`
    select name, uns_path as "unsPath", holder from birth_metrics where holder is not null order by ordinal`;
}
