import type { DeviceIdentity } from '@uns/metadata-store';
import type { Limits } from '@uns/sparkplug';
import type { DeviceMapper, MetricFingerprint } from '@uns/uns';
import type { AliasBook } from '../knowledge/alias-book.ts';
import type { TemplateBook } from '../knowledge/template-book.ts';
import { BirthReader, type BirthReading } from './read-birth.ts';

export interface ReadingContext {
  aliasBook: AliasBook;
  templateBook: TemplateBook;
  limits: Partial<Limits>;
  fingerprint: MetricFingerprint;
  canonicalForm: string;
}

export interface InterpretedBirth {
  reader: BirthReader;
  reading: BirthReading;
  /** A birth of the edge node has been seen, so its template definitions are all known. */
  nodeSeen: boolean;
}

/**
 * The first pass over a birth with what is known of its device and edge node. What cannot be made out with what is in memory is tried
 * once more with what is in the store: another pod may have heard a birth that we have not.
 */
export async function readWithKnowledge(
  o: ReadingContext & { device: DeviceIdentity; mapper: DeviceMapper; payload: Buffer },
  signal: AbortSignal,
): Promise<InterpretedBirth> {
  const first = await readOnce(o, signal);
  const { reading } = first;
  if (reading.names.unresolved === 0 && reading.partialInstances === 0) return first;
  if (reading.names.unresolved > 0) o.aliasBook.forget(o.device);
  if (reading.partialInstances > 0) o.templateBook.forget(o.device);
  return readOnce(o, signal);
}

async function readOnce(
  o: ReadingContext & { device: DeviceIdentity; mapper: DeviceMapper; payload: Buffer },
  signal: AbortSignal,
): Promise<InterpretedBirth> {
  const [aliases, templates] = await Promise.all([o.aliasBook.of(o.device), o.templateBook.of(o.device)]);
  const reader = new BirthReader({
    payload: o.payload,
    decode: { limits: o.limits, templates: templates.definitions },
    mapper: o.mapper,
    aliases,
    fingerprint: o.fingerprint,
    canonicalForm: o.canonicalForm,
  });
  return { reader, reading: await reader.summarise(signal), nodeSeen: templates.seen };
}
