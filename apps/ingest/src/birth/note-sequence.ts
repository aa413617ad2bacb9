import type { EdgeNode } from '@uns/metadata-store';
import type { BirthHeader, SequenceNote, SequenceRecorder } from '@uns/sparkplug';
import type { IngestMetrics } from '../ingest-metrics.ts';
import type { BirthMessage } from '../source/birth-mailbox.ts';

/**
 * Notes how the sequence number of a birth stands to the one before of its edge node, for the record: numbers run over data too, which
 * nobody listens to here, so a gap proves nothing. What it returns belongs into the birth's line of log.
 */
export function noteSequence(
  { sequences, metrics }: { sequences: SequenceRecorder; metrics: IngestMetrics },
  o: { node: EdgeNode; header: Readonly<BirthHeader>; message: BirthMessage; isNodeBirth: boolean },
): { sequence?: SequenceNote['kind']; missed?: number } {
  // A retained birth has the number of the day when it was published.
  if (o.message.retained) return {};
  const note = sequences.record(JSON.stringify([o.node.group, o.node.edge]), o.header.seq, o.isNodeBirth);
  metrics.sequence.inc({ kind: note.kind });
  return { sequence: note.kind, ...(note.kind === 'gap' ? { missed: note.missed } : {}) };
}
