import { openBirth } from '../decode/birth.ts';
import { Datatype } from '../datatype.ts';
import { FAULTS, PayloadError } from '../faults.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { Limits } from '../limits.ts';
import type { BirthMetric, DecodedProperty } from '../metric.ts';
import { learnTemplates } from '../templates/learn.ts';
import { TemplateDefinitions } from '../templates/definitions.ts';

const INTEGERS_OF_64_BITS: ReadonlySet<number> = new Set([Datatype.Int64, Datatype.UInt64, Datatype.DateTime]);

/** The decoder broke its word. */
export class BrokenPromiseError extends Error {
  override readonly name = 'BrokenPromiseError';
}

/**
 * Reads a payload as a DBIRTH, after an NBIRTH that is `nbirth`, else the payload itself, and says in one line what came of it. Throws when the decoder
 * throws anything but a PayloadError, or hands out what it must not.
 */
export async function outcomeOf(payload: Buffer, given: Partial<Limits>, nbirth: Buffer = payload): Promise<string> {
  const limits = { ...DEFAULT_LIMITS, ...given };
  const seen = new Set<string>();
  const templates = await learn(nbirth, given, seen);
  const digest = await openBirth(payload, { limits: given }).digest();
  const birth = openBirth(payload, { limits: given, templates });
  let count = 0;
  try {
    for await (const batch of birth.metrics()) {
      for (const metric of batch) check(metric, count++, limits, seen);
    }
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    promise(digest === null, `a digest of a birth that breaks off: ${error.reason}`);
    seen.add(error.reason);
  }
  const { metricCount, inflatedBytes } = birth.header;
  promise(metricCount === count, `counted ${metricCount} of ${count} metrics`);
  promise(count <= limits.metrics, `${count} metrics`);
  promise(inflatedBytes <= Math.max(limits.inflatedBytes, payload.length), `${inflatedBytes} bytes inflated`);
  const amount = count === 0 ? 'none' : count < 10 ? 'few' : 'many';
  return [birth.header.compression, amount, ...[...seen].toSorted()].join(' ');
}

async function learn(payload: Buffer, limits: Partial<Limits>, seen: Set<string>): Promise<TemplateDefinitions> {
  try {
    const { definitions, faults } = await learnTemplates(payload, { limits });
    for (const { reason } of faults) seen.add(`learned ${reason}`);
    return definitions;
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    return new TemplateDefinitions();
  }
}

function check(metric: BirthMetric, ordinal: number, limits: Limits, seen: Set<string>): void {
  promise(metric.ordinal === ordinal, `ordinal ${metric.ordinal} instead of ${ordinal}`);
  promise(metric.alias === null || /^\d{1,20}$/.test(metric.alias), `alias ${metric.alias}`);
  if (metric.rejected) {
    promise(FAULTS[metric.reason].effect === 'metric', `rejected for ${metric.reason}`);
    seen.add(metric.reason);
    return;
  }
  promise(metric.name !== null || metric.alias !== null, 'a metric without name and alias');
  if (metric.name !== null) promise(isText(metric.name, limits.nameBytes), `name ${JSON.stringify(metric.name)}`);
  promise(metric.faults.length <= 2 * limits.faultsPerMetric, `${metric.faults.length} faults`);
  for (const { reason, detail } of metric.faults) {
    promise(FAULTS[reason].effect === 'property' || FAULTS[reason].effect === 'noted', `a metric with ${reason}`);
    promise(detail.length < 1_000, `a detail of ${detail.length} characters`);
    seen.add(reason);
  }
  promise(metric.properties.length <= limits.properties + 3, `${metric.properties.length} properties`);
  const keys = new Set(metric.properties.map(({ key }) => key));
  promise(keys.size === metric.properties.length, 'a key twice');
  for (const property of metric.properties) checkProperty(property, limits);
}

function checkProperty({ key, type, value }: DecodedProperty, limits: Limits): void {
  promise(key !== '' && isText(key, limits.keyBytes), `key ${JSON.stringify(key)}`);
  if (typeof value === 'string') {
    // Base64 is a third longer than what it stands for.
    promise(isText(value, limits.stringBytes * 1.5), `a text of ${value.length} characters`);
  } else if (typeof value === 'boolean') {
    promise(type === Datatype.Boolean, `a boolean of type ${type}`);
  } else if (typeof value === 'bigint') {
    promise(INTEGERS_OF_64_BITS.has(type), `a bigint of type ${type}`);
    promise(value < 2n ** 64n && value >= -(2n ** 63n), `integer ${value}`);
  } else {
    promise(type <= Datatype.Double || type === Datatype.DateTime, `a number of type ${type}`);
    const isFloat = type === Datatype.Float || type === Datatype.Double;
    promise(isFloat || Number.isSafeInteger(value), `integer ${value}`);
  }
}

function isText(text: string, bytes: number): boolean {
  return text.isWellFormed() && !text.includes('\0') && Buffer.byteLength(text) <= bytes;
}

function promise(kept: boolean, broken: string): void {
  if (!kept) throw new BrokenPromiseError(broken);
}
