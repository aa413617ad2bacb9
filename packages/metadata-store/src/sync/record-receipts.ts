import type { DeferReason, Receipt, TagOutcome } from '@uns/uns';
import type { Sql, TransactionSql } from 'postgres';
import { recordFailed, storable } from './record-failed.ts';

export interface DeferPolicy {
  /** First wait of a delivery that was put off, in seconds; doubles with each one in a row. */
  baseSeconds: number;
  capSeconds: number;
  /** The same for deliveries that Canary did not answer: when it is back they should not wait for hours. */
  unansweredCapSeconds: number;
  /** How long a tag may be unknown to Canary before its delivery is given up, in seconds. */
  giveUpSeconds: number;
}

export interface RecordedReceipts {
  delivered: number;
  deferred: number;
  failed: number;
  /** Outcomes whose delivery is no longer the metric's: they change nothing. */
  ignored: number;
}

type Of<K extends TagOutcome['outcome']> = Extract<TagOutcome, { outcome: K }> & { deliveryId: string };

/**
 * Applies receipts in one transaction. An outcome counts only while its delivery is the metric's outstanding one, so a receipt may
 * come twice, late, or for a delivery that was given up for lost.
 */
export function recordReceipts(sql: Sql, receipts: readonly Receipt[], policy: DeferPolicy): Promise<RecordedReceipts> {
  const outcomes = receipts.flatMap((receipt) =>
    receipt.outcomes.map((outcome) => ({ ...outcome, deliveryId: receipt.deliveryId })),
  );
  const only = <K extends TagOutcome['outcome']>(kind: K): Of<K>[] =>
    outcomes.filter((outcome): outcome is Of<K> => outcome.outcome === kind);
  return sql.begin(async (tx) => {
    // In the order of their ids, as everybody locks them.
    await tx`
      select from uns_meta.metric_sync
      where metric_id = any (${outcomes.map((outcome) => outcome.metricId)}::bigint[])
      order by metric_id
      for update`;
    const delivered = await recordDelivered(tx, only('delivered'));
    const gaveUp = await giveUpUnknownTags(tx, only('deferred'), policy);
    const deferred = await recordDeferred(tx, only('deferred'), policy);
    const failed = gaveUp + (await recordFailed(tx, only('failed')));
    return { delivered, deferred, failed, ignored: outcomes.length - delivered - deferred - failed };
  });
}

async function recordDelivered(tx: TransactionSql, outcomes: readonly Of<'delivered'>[]): Promise<number> {
  if (outcomes.length === 0) return 0;
  const rows = outcomes.map((outcome) => ({
    metric_id: outcome.metricId,
    delivery_id: outcome.deliveryId,
    tag: outcome.tag,
    canary_id: outcome.canaryId,
    // fromEntries defines each property, so that a key `__proto__` is one like any other.
    properties: Object.fromEntries(outcome.properties.map(([name, , value]) => [name, value])),
    removed: outcome.removed,
  }));
  const result = await tx`
    update uns_meta.metric_sync s
    set delivered = (
          case when s.delivered_tag = r.tag and s.delivered_canary_id = r.canary_id then s.delivered else '{}' end
          || r.properties
        ) - array(select jsonb_array_elements_text(r.removed)),
        delivered_tag = r.tag,
        delivered_canary_id = r.canary_id,
        delivered_at = now(),
        delivery_id = null,
        enqueued_at = null,
        attempts = 0,
        losses = 0,
        deferred_since = null,
        unknown_since = null,
        failure = null,
        -- What was marked after the claim stands.
        pending_since = s.dirty_since,
        repair_at = case when s.dirty_since is not null then s.repair_at end,
        in_doubt = s.dirty_since is not null and s.in_doubt
    from jsonb_to_recordset(${tx.json(rows)})
      as r (metric_id bigint, delivery_id uuid, tag text, canary_id text, properties jsonb, removed jsonb)
    where s.metric_id = r.metric_id and s.delivery_id = r.delivery_id`;
  return result.count;
}

/** These go on at once: the tag was found, but is another one, so everything has to be delivered to it. */
const immediately: readonly DeferReason[] = ['TAG_MOVED'];

async function recordDeferred(
  tx: TransactionSql,
  outcomes: readonly Of<'deferred'>[],
  policy: DeferPolicy,
): Promise<number> {
  if (outcomes.length === 0) return 0;
  const rows = outcomes.map((outcome) => ({
    metric_id: outcome.metricId,
    delivery_id: outcome.deliveryId,
    moved: outcome.reason === 'TAG_MOVED',
    unknown: outcome.reason === 'TAG_NOT_FOUND',
    doubtful: outcome.reason === 'ATTEMPTS_EXHAUSTED',
    at_once: immediately.includes(outcome.reason),
    cap: outcome.reason === 'ATTEMPTS_EXHAUSTED' ? policy.unansweredCapSeconds : policy.capSeconds,
    failure: { reason: outcome.reason, detail: storable(outcome.detail) },
  }));
  const result = await tx`
    update uns_meta.metric_sync s
    set delivery_id = null,
        enqueued_at = null,
        dirty_since = coalesce(s.dirty_since, now()),
        due_at = coalesce(
          s.due_at,
          case when r.at_once then now()
            else now() + make_interval(secs => least(r.cap, ${policy.baseSeconds} * 2.0 ^ least(s.attempts, 30)))
          end
        ),
        attempts = s.attempts + case when r.at_once then 0 else 1 end,
        losses = 0,
        deferred_since = coalesce(s.deferred_since, now()),
        unknown_since = case when r.unknown then coalesce(s.unknown_since, now()) end,
        in_doubt = s.in_doubt or r.doubtful,
        -- The other tag may hold newer values, from when the metric was there before.
        repair_at = case when r.moved then now() else s.repair_at end,
        failure = r.failure,
        delivered = case when r.moved then '{}' else s.delivered end,
        delivered_tag = case when r.moved then null else s.delivered_tag end,
        delivered_canary_id = case when r.moved then null else s.delivered_canary_id end
    from jsonb_to_recordset(${tx.json(rows)}) as r (
      metric_id bigint, delivery_id uuid, moved boolean, unknown boolean, doubtful boolean, at_once boolean, cap integer, failure jsonb
    )
    where s.metric_id = r.metric_id and s.delivery_id = r.delivery_id`;
  return result.count;
}

/** A tag that Canary has not known for long enough becomes a dead letter, unless the metric has changed meanwhile. */
async function giveUpUnknownTags(
  tx: TransactionSql,
  outcomes: readonly Of<'deferred'>[],
  policy: DeferPolicy,
): Promise<number> {
  const unknown = outcomes.filter((outcome) => outcome.reason === 'TAG_NOT_FOUND');
  if (unknown.length === 0) return 0;
  const expired = await tx<{ metricId: string }[]>`
    select metric_id as "metricId"
    from uns_meta.metric_sync
    where metric_id = any (${unknown.map((outcome) => outcome.metricId)}::bigint[])
      and unknown_since <= now() - make_interval(secs => ${policy.giveUpSeconds})`;
  const ids = new Set(expired.map((row) => row.metricId));
  return recordFailed(
    tx,
    unknown
      .filter((outcome) => ids.has(outcome.metricId))
      .map((outcome) => ({ ...outcome, outcome: 'failed', reason: 'DATASET_NOT_FOUND', request: '', answer: '' })),
  );
}
