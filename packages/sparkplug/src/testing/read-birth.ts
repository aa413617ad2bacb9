import { openBirth } from '../decode/birth.ts';
import type { BirthHeader, BirthOptions } from '../decode/birth.ts';
import { PayloadError } from '../faults.ts';
import type { FaultReason, PayloadFaultReason } from '../faults.ts';
import type { BirthMetric, DecodedMetric, PropertyScalar } from '../metric.ts';

export interface ReadBirth {
  header: BirthHeader;
  metrics: BirthMetric[];
  /** Why the birth could not be read to its end. */
  error: PayloadFaultReason | null;
}

/** Reads a whole birth into memory. Throws only what is not a PayloadError: a defect. */
export async function readBirth(payload: Uint8Array, options: BirthOptions = {}): Promise<ReadBirth> {
  const birth = openBirth(payload, options);
  const metrics: BirthMetric[] = [];
  let error: PayloadFaultReason | null = null;
  try {
    for await (const batch of birth.metrics()) metrics.push(...batch);
  } catch (thrown) {
    if (!(thrown instanceof PayloadError)) throw thrown;
    error = thrown.reason;
  }
  return { header: birth.header, metrics, error };
}

/** Reads the first metric of a birth. Throws when it was rejected. */
export async function readMetric(payload: Uint8Array, options: BirthOptions = {}): Promise<DecodedMetric> {
  const { metrics, error } = await readBirth(payload, options);
  const [first] = metrics;
  if (first === undefined || first.rejected) throw new Error(`no metric: ${error ?? first?.reason ?? 'none there'}`);
  return first;
}

/** Key to value, in the order given. */
export function valuesOf(metric: DecodedMetric): Record<string, PropertyScalar> {
  const values: Record<string, PropertyScalar> = Object.create(null);
  for (const property of metric.properties) values[property.key] = property.value;
  return { ...values };
}

export function reasonsOf(metric: DecodedMetric): FaultReason[] {
  return metric.faults.map((fault) => fault.reason);
}
