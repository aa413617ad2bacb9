import type { TransactionSql } from 'postgres';

export interface FailedDelivery {
  metricId: string;
  deliveryId: string;
  canaryId: string;
  tag: string | null;
  reason: string;
  detail: string;
  request: string;
  answer: string;
}

/** Reasons of deliveries of which nothing was sent to Canary: they leave no doubt of what it has. */
const neverSent = ['DATASET_NOT_FOUND', 'TAG_TOO_LARGE', 'GUARD_RAIL'];

/** The dead letter is written in the same transaction that takes the metric out of delivery. */
export async function recordFailed(tx: TransactionSql, outcomes: readonly FailedDelivery[]): Promise<number> {
  if (outcomes.length === 0) return 0;
  const rows = outcomes.map(({ metricId, deliveryId, canaryId, tag, reason, detail, request, answer }) => ({
    metric_id: metricId,
    delivery_id: deliveryId,
    canary_id: canaryId,
    tag: tag === null ? null : storable(tag),
    reason,
    detail: storable(detail),
    request: storable(request),
    answer: storable(answer),
  }));
  const result = await tx`
    with failed as (
      update uns_meta.metric_sync s
      set delivery_id = null,
          enqueued_at = null,
          attempts = 0,
          losses = 0,
          deferred_since = null,
          unknown_since = null,
          pending_since = s.dirty_since,
          -- Canary may have taken a part of what it refused.
          in_doubt = s.in_doubt or r.reason <> all (${neverSent}),
          failed_at = case when s.dirty_since is null then now() end,
          failure = jsonb_build_object('reason', r.reason, 'detail', r.detail)
      from jsonb_to_recordset(${tx.json(rows)})
        as r (metric_id bigint, delivery_id uuid, canary_id text, tag text, reason text, detail text, request text, answer text)
      where s.metric_id = r.metric_id and s.delivery_id = r.delivery_id
      returning r.*
    )
    insert into uns_meta.canary_dead_letters (metric_id, delivery_id, canary_id, tag, reason, detail, request, answer)
    select metric_id, delivery_id, canary_id, tag, reason, detail, request, answer from failed`;
  return result.count;
}

/** Excerpts of what came over the wire may hold what no text of the database can: U+0000 and halves of surrogate pairs. */
export const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();
