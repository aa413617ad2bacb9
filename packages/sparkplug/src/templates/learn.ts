import { FieldSplitter } from '../decode/field-splitter.ts';
import { readEnvelope } from '../decode/envelope.ts';
import { payloadChunks } from '../decode/payload-chunks.ts';
import type { Fault } from '../faults.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { Limits } from '../limits.ts';
import { ProtobufWriter, Source } from '../protobuf.ts';
import { PAYLOAD_METRIC } from '../wire.ts';
import { DefinitionReader } from './definition-reader.ts';
import type { TemplateDefinitions } from './definitions.ts';

export interface LearnedTemplates {
  definitions: TemplateDefinitions;
  /** The definitions alone, as a payload that `learnTemplates` reads to the same result: what to keep of an NBIRTH. */
  payload: Buffer;
  faults: readonly Fault[];
}

export interface LearnOptions {
  limits?: Partial<Limits> | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Reads the template definitions of an edge node from its NBIRTH (tck-id-payloads-template-definition-nbirth-only).
 * Throws PayloadError where the payload cannot be read on, and the signal's reason.
 */
export async function learnTemplates(nbirth: Uint8Array, options: LearnOptions = {}): Promise<LearnedTemplates> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const bytes = Buffer.from(nbirth.buffer, nbirth.byteOffset, nbirth.byteLength);
  const splitter = new FieldSplitter({ metricBytes: limits.metricBytes, bodies: false });
  const reader = new DefinitionReader(limits);
  const kept = ProtobufWriter.create();
  let source = new Source(Buffer.alloc(0));
  for await (const chunk of payloadChunks(bytes, readEnvelope(bytes, limits), limits, options.signal)) {
    splitter.feed(chunk);
    for (let field = splitter.next(); field !== 'more'; field = splitter.next()) {
      if (field !== 'metric') continue;
      if (source.buffer !== splitter.buffer) source = new Source(splitter.buffer);
      if (reader.read(source, splitter.start, splitter.end)) {
        // A copy: the chunk would live as long as the writer.
        kept.uint32(PAYLOAD_METRIC).bytes(Uint8Array.from(splitter.buffer.subarray(splitter.start, splitter.end)));
      }
    }
  }
  splitter.finish();
  return { definitions: reader.definitions, payload: Buffer.from(kept.finish()), faults: reader.takeFaults() };
}
