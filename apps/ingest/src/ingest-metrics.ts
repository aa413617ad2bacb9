import { Counter, Gauge, Histogram, type Registry } from '@uns/service';
import type { BirthMailbox } from './source/birth-mailbox.ts';

/** All metrics of ingest, in one place so that their names read as one vocabulary. */
export type IngestMetrics = ReturnType<typeof ingestMetrics>;

export function ingestMetrics(registry: Registry) {
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter<T>({ name, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const histogram = (name: string, help: string) =>
    new Histogram({ name, help, buckets: [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120], registers });
  return {
    connected: gauge('uns_ingest_broker_connected', '1 while connected and subscribed'),
    reconnects: counter('uns_ingest_broker_reconnects_total', 'Connections to the broker that were lost'),
    received: counter('uns_ingest_messages_total', 'Messages from the broker, by Sparkplug type', ['type']),
    offered: counter('uns_ingest_mailbox_offers_total', 'Births offered to the mailbox, by what became of them', [
      'result',
    ]),
    births: counter('uns_ingest_births_total', 'Births worked on, by outcome', ['outcome']),
    sequence: counter(
      'uns_ingest_sequence_total',
      'Births by how their sequence number stands to the birth before from the same edge node',
      ['kind'],
    ),
    metrics: counter('uns_ingest_metrics_total', 'Metrics of births, by what the birth did to them', ['change']),
    properties: counter('uns_ingest_properties_total', 'Properties of births, by what the birth did to them', [
      'change',
    ]),
    quarantined: counter('uns_ingest_quarantined_total', 'Faults found in births, by reason', ['reason']),
    quarantineFolded: counter(
      'uns_ingest_quarantine_folded_total',
      'Quarantine entries without a row of their own: too many of devices that are not in the store',
    ),
    quarantineRemoved: counter(
      'uns_ingest_quarantine_removed_total',
      'Quarantine entries removed because of their age',
    ),
    rebirths: counter(
      'uns_ingest_rebirth_requests_total',
      'Wishes for a rebirth, by reason and by what became of them',
      ['reason', 'result'],
    ),
    rebirthsEnabled: gauge(
      'uns_ingest_rebirth_requests_enabled',
      '1 while edge nodes are asked for rebirths when need be',
    ),
    readSeconds: histogram('uns_ingest_read_seconds', 'Time to decode and fingerprint a birth'),
    writeSeconds: histogram('uns_ingest_write_seconds', 'Time to write a birth that brings something new'),
    retries: counter('uns_ingest_retries_total', 'Births tried again because the store failed'),
    lastBirth: gauge('uns_ingest_last_birth_timestamp_seconds', 'When the last birth was worked on'),
  };
}

/** What the mailbox holds is asked for when somebody looks. */
export function watchMailbox(registry: Registry, mailbox: BirthMailbox): void {
  const watch = (name: string, help: string, read: () => number): void => {
    const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read()) });
  };
  watch('uns_ingest_mailbox_bytes', 'Bytes of births that wait', () => mailbox.bytes);
  watch('uns_ingest_mailbox_peak_bytes', 'Most bytes of births that waited since the start', () => mailbox.peakBytes);
  watch('uns_ingest_mailbox_bound_bytes', 'Most bytes of births that may wait', () => mailbox.boundBytes);
  watch('uns_ingest_mailbox_births', 'Births that wait', () => mailbox.size);
}
