import { Datatype } from '../datatype.ts';
import { encodePayload } from '../encode/birth.ts';
import type { PropertyInput } from '../encode/input.ts';
import { readMetric } from './read-birth.ts';
import { delimited, metricOf, payloadOf, propertyKey, propertyValue, varint } from './wire-bytes.ts';

/** The first metric of a birth that has one property, given by the parts of its value. */
export async function propertyOf(...parts: Uint8Array[]) {
  return await readMetric(payloadOf(metricOf('tag', propertyKey('p'), propertyValue(...parts))));
}

/** The first metric of a birth that has these properties. */
export async function propertiesOf(properties: PropertyInput[]) {
  return await readMetric(encodePayload({ metrics: [{ name: 'tag', datatype: Datatype.Double, properties }] }));
}

/** The parts of a value that is a text. */
export function text(content: string): Buffer[] {
  return [varint(1, Datatype.String), delimited(8, content)];
}
