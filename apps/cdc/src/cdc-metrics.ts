import { Counter, Gauge, Histogram, type Registry } from '@uns/service';

const states = ['starting', 'standby', 'reconciling', 'streaming', 'lost'];

/** All metrics of cdc, in one place so that their names read as one vocabulary. */
export type CdcMetrics = ReturnType<typeof cdcMetrics>;

export function cdcMetrics(registry: Registry) {
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter<T>({ name, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Gauge<T>({ name, help, labelNames, registers });
  const reconcileRepairs = counter(
    'uns_cdc_reconcile_repairs_total',
    'Metrics that a reconciliation found different, by cause',
    ['cause'],
  );
  // An alert watches the increase, which the first value of a series is not.
  for (const cause of ['scheduled', 'position-in-doubt']) reconcileRepairs.inc({ cause }, 0);
  const deliveriesLost = counter(
    'uns_cdc_deliveries_lost_total',
    'Deliveries that ended without a receipt: vanished (Redis no longer had the job), failed (the job did)',
    ['how'],
  );
  for (const how of ['vanished', 'failed']) deliveriesLost.inc({ how }, 0);
  const replicatorState = gauge('uns_cdc_replicator_state', '1 for the state the replicator is in', ['state']);
  return {
    setReplicatorState: (state: string): void => {
      for (const one of states) replicatorState.set({ state: one }, one === state ? 1 : 0);
    },
    metricsMarked: counter('uns_cdc_metrics_marked_total', 'Metrics that the change stream marked as changed'),
    recordedAt: gauge(
      'uns_cdc_recorded_timestamp_seconds',
      'When the change stream was last recorded and acknowledged',
    ),
    streamReconnects: counter('uns_cdc_stream_reconnects_total', 'Connections of the change stream that were lost'),
    slotDoubts: counter('uns_cdc_slot_doubts_total', 'Times the position of the slot was in doubt, by what was done', [
      'action',
    ]),
    heartbeatSeconds: gauge(
      'uns_cdc_heartbeat_seconds',
      'How long the heartbeat under way has taken through the change stream',
    ),
    retainedBytes: gauge('uns_cdc_slot_retained_bytes', 'Write-ahead log the server keeps for the slot'),
    lagBytes: gauge('uns_cdc_slot_lag_bytes', 'Write-ahead log that is not acknowledged yet'),
    storeReadAt: gauge('uns_sync_read_timestamp_seconds', 'When the figures of the store were last read'),
    backlog: gauge('uns_sync_metrics', 'Metrics by the state of their delivery', ['state']),
    oldestPendingSeconds: gauge(
      'uns_sync_oldest_pending_seconds',
      'Age of the oldest change that Canary has not acknowledged',
    ),
    deliveriesEnqueued: counter('uns_cdc_deliveries_enqueued_total', 'Write jobs put into the queue'),
    tagsEnqueued: counter('uns_cdc_tags_enqueued_total', 'Tags in those jobs'),
    claimedSame: counter('uns_cdc_metrics_same_total', 'Metrics that were due and had nothing to deliver'),
    enqueueFailures: counter('uns_cdc_enqueue_failures_total', 'Write jobs that could not be put into the queue'),
    receiptsRefused: counter('uns_cdc_receipts_refused_total', 'Receipts that the store cannot hold'),
    receipts: counter('uns_cdc_receipt_outcomes_total', 'Outcomes that receipts reported, by kind', ['outcome']),
    deliveriesLost,
    reconcileRuns: counter('uns_cdc_reconcile_runs_total', 'Reconciliations, by what caused them', ['cause']),
    reconcileRepairs,
    reconcileSeconds: new Histogram({
      name: 'uns_cdc_reconcile_seconds',
      help: 'Duration of a reconciliation',
      buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900],
      registers,
    }),
  };
}
