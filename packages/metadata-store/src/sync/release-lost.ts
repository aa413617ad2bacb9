import type { ISql, Sql } from 'postgres';
import { recordFailed, type FailedDelivery } from './record-failed.ts';

/** A delivery of which there will be no receipt. */
export interface LostDelivery {
  deliveryId: string;
  /** `vanished`: Redis does not have the job. `failed`: it has, as one that failed for a reason nobody foresaw. */
  how: 'vanished' | 'failed';
  /** Why it failed. */
  detail: string;
}

export interface LossPolicy {
  /** First wait after a loss, in seconds; doubles with each one in a row. A first job that vanished is made again at once. */
  baseSeconds: number;
  capSeconds: number;
  /** After how many losses in a row a delivery whose job failed becomes a dead letter. */
  deadAfter: number;
}

export interface Released {
  /** Metrics due again. */
  due: number;
  /** Metrics whose deliveries became dead letters. */
  dead: number;
}

/**
 * A page of the deliveries outstanding for longer than `seconds`, in the order of their ids, after the id `after`. All pages together
 * hold each of them, in memory for one page.
 */
export async function outstandingDeliveries(
  sql: ISql,
  o: { seconds: number; after: string | null; limit: number },
): Promise<string[]> {
  const rows = await sql<{ deliveryId: string }[]>`
    select distinct delivery_id as "deliveryId"
    from uns_meta.metric_sync
    where delivery_id is not null
      and enqueued_at <= now() - make_interval(secs => ${o.seconds})
      and (${o.after}::uuid is null or delivery_id > ${o.after}::uuid)
    order by delivery_id
    limit ${o.limit}`;
  return rows.map((row) => row.deliveryId);
}

/** Gives deliveries up for lost: their metrics are due again, and as Canary may have had the lost ones, whole. */
export function releaseLost(sql: Sql, lost: readonly LostDelivery[], policy: LossPolicy): Promise<Released> {
  if (lost.length === 0) return Promise.resolve({ due: 0, dead: 0 });
  return sql.begin(async (tx) => {
    const ids = lost.map((delivery) => delivery.deliveryId);
    const details = new Map(lost.map((delivery) => [delivery.deliveryId, delivery.detail]));
    // In the order of their ids, as everybody locks them.
    const rows = await tx<OutstandingRow[]>`
      select s.metric_id as "metricId", s.delivery_id as "deliveryId", s.losses, m.canary_id as "canaryId"
      from uns_meta.metric_sync s
      join uns_meta.metrics m using (metric_id)
      where s.delivery_id = any (${ids}::uuid[])
      order by s.metric_id
      for update of s`;
    const failed = new Set(lost.filter((delivery) => delivery.how === 'failed').map((delivery) => delivery.deliveryId));
    const hopeless = rows.filter((row) => failed.has(row.deliveryId) && row.losses + 1 >= policy.deadAfter);
    const dead = await recordFailed(
      tx,
      hopeless.map((row) => deadLetter(row, 'JOB_FAILED', details.get(row.deliveryId) ?? '')),
    );
    const result = await tx`
      update uns_meta.metric_sync s
      set delivery_id = null,
          enqueued_at = null,
          dirty_since = coalesce(s.dirty_since, now()),
          due_at = now() + make_interval(secs =>
            case
              when s.losses = 0 and s.delivery_id <> all (${[...failed]}::uuid[]) then 0
              else least(${policy.capSeconds}, ${policy.baseSeconds} * 2.0 ^ least(s.losses, 30))
            end
          ),
          losses = s.losses + 1,
          in_doubt = true
      where s.delivery_id = any (${ids}::uuid[])`;
    return { due: result.count, dead };
  });
}

/**
 * Ends a delivery whose receipt cannot be stored: its metrics become dead letters.
 *
 * @returns the number of metrics.
 */
export function refuseReceipt(sql: Sql, deliveryId: string, detail: string): Promise<number> {
  return sql.begin(async (tx) => {
    const rows = await tx<OutstandingRow[]>`
      select s.metric_id as "metricId", s.delivery_id as "deliveryId", s.losses, m.canary_id as "canaryId"
      from uns_meta.metric_sync s
      join uns_meta.metrics m using (metric_id)
      where s.delivery_id = ${deliveryId}
      order by s.metric_id
      for update of s`;
    return recordFailed(
      tx,
      rows.map((row) => deadLetter(row, 'RECEIPT_REFUSED', detail)),
    );
  });
}

interface OutstandingRow {
  metricId: string;
  deliveryId: string;
  losses: number;
  canaryId: string;
}

const deadLetter = (
  { metricId, deliveryId, canaryId }: OutstandingRow,
  reason: string,
  detail: string,
): FailedDelivery => ({
  metricId,
  deliveryId,
  canaryId,
  tag: null,
  reason,
  detail,
  request: '',
  answer: '',
});
