import type { BirthChanges, DeviceIdentity } from '@uns/metadata-store';
import type { Clock, Logger } from '@uns/service';
import type { IngestMetrics } from '../ingest-metrics.ts';
import type { BirthMessage } from '../source/birth-mailbox.ts';
import type { BirthResult } from './birth-result.ts';
import type { noteSequence } from './note-sequence.ts';
import type { BirthReading } from './read-birth.ts';

/** What is told of a birth that has been read, or recognised without. */
export interface BirthSummary extends Pick<BirthReading, 'header' | 'metrics' | 'properties' | 'faults'> {
  recognised?: true;
}

/** Counts a birth and writes its one line of log. */
export function reportBirth(
  { metrics, logger, clock }: { metrics: IngestMetrics; logger: Logger; clock: Clock },
  o: {
    device: DeviceIdentity;
    message: BirthMessage;
    birth: BirthSummary;
    result: BirthResult;
    sequence: ReturnType<typeof noteSequence>;
    readMs: number;
    totalMs: number;
  },
): void {
  const { birth, result, message } = o;
  metrics.births.inc({ outcome: result.kind });
  metrics.lastBirth.set(clock.now() / 1000);
  for (const [reason, count] of birth.faults.byReason) metrics.quarantined.inc({ reason }, count);
  if (result.kind === 'written') countChanges(metrics, result.changes);
  const renames = result.kind === 'written' ? result.renames : null;
  const total = birth.faults.total;
  logger[total > 0 || (renames?.impossible ?? 0) > 0 ? 'warn' : 'info'](
    {
      ...o.device,
      outcome: result.kind,
      ...(result.kind === 'unusable' ? { reason: result.reason } : {}),
      ...(birth.recognised === true ? { recognised: true } : {}),
      metrics: birth.metrics,
      properties: birth.properties,
      bytes: message.payload.length,
      compression: birth.header.compression,
      seq: birth.header.seq,
      ...o.sequence,
      retained: message.retained,
      ...(result.kind === 'written' ? { changes: result.changes } : {}),
      ...(renames !== null && renames.applied + renames.waiting + renames.impossible > 0 ? { renames } : {}),
      ...(total > 0 ? { quarantined: Object.fromEntries(birth.faults.byReason) } : {}),
      readMs: Math.round(o.readMs),
      totalMs: Math.round(o.totalMs),
    },
    'birth',
  );
}

function countChanges(metrics: IngestMetrics, changes: BirthChanges): void {
  metrics.metrics.inc({ change: 'created' }, changes.metricsCreated);
  metrics.metrics.inc({ change: 'changed' }, changes.metricsChanged);
  metrics.metrics.inc({ change: 'renamed' }, changes.metricsRenamed);
  metrics.metrics.inc({ change: 'retired' }, changes.metricsRetired);
  metrics.properties.inc({ change: 'inserted' }, changes.propertiesInserted);
  metrics.properties.inc({ change: 'updated' }, changes.propertiesUpdated);
  metrics.properties.inc({ change: 'deleted' }, changes.propertiesDeleted);
}
