import { encodeBirth, encodePayload } from '../encode/birth.ts';
import type { MetricInput, PropertyInput } from '../encode/input.ts';
import { Datatype } from '../datatype.ts';

type Integer = (below: number) => number;

/** What is tried at once: a device's birth, and the birth of its edge node before it. */
export interface BirthPair {
  nbirth: Buffer;
  dbirth: Buffer;
}

const { Double, Template, String: Text } = Datatype;

/**
 * Births that are small on the wire and large once read: names as long as allowed, template definitions in long chains and with many
 * members, instances in instances, compressed 1000 to 1.
 */
export async function largePair(integer: Integer): Promise<BirthPair> {
  const definitions = definitionsOf(integer);
  const dbirth = await encodeBirth(
    { timestamp: 1_700_000_000_000, metrics: metricsOf(integer, definitions.length) },
    { compression: integer(2) === 0 ? 'gzip' : 'deflate' },
  );
  return { nbirth: encodePayload({ timestamp: 1_700_000_000_000, metrics: definitions }), dbirth };
}

/** A chain, a circle, a star, or definitions of which each member is an instance of the next. */
function definitionsOf(integer: Integer): MetricInput[] {
  const count = 1 + integer(4_000);
  const shape = integer(4);
  const properties = propertiesOf(integer(3) === 0 ? 200 : 2);
  const members = integer(8);
  return Array.from({ length: count }, (_, i) => {
    const next = shape === 1 && i + 1 === count ? 'D0' : `D${shape === 2 ? 0 : i + 1}`;
    const nested = shape === 3 ? { isDefinition: false, templateRef: next, metrics: [] } : 1;
    const member = (name: string): MetricInput => ({
      name,
      datatype: shape === 3 ? Template : Double,
      value: nested,
      properties: propertiesOf(2),
    });
    return {
      name: `D${i}`,
      datatype: Template,
      // Many definitions have few properties each: the pair has to be small.
      properties: i < 100 ? properties : propertiesOf(1),
      value: {
        isDefinition: true,
        ...(shape === 3 ? {} : { templateRef: next }),
        metrics: Array.from({ length: members }, (_m, m) => member(`m${m}`)),
      },
    };
  });
}

function metricsOf(integer: Integer, definitions: number): Iterable<MetricInput> {
  const long = 'x'.repeat(integer(2) === 0 ? 4_000 : 20);
  const withAliases = integer(2) === 0;
  const count = integer(24_000);
  // One by one: what the fuzzer itself holds is not to be what its memory is bounded for.
  function* flat(): Generator<MetricInput> {
    for (let i = 0; i < count; i++) {
      yield { name: `M${i % 7}/${long}${i}`, datatype: Double, ...(withAliases ? { alias: i } : {}) };
    }
  }
  const instances = Array.from({ length: integer(400) }, (_, i) =>
    instanceOf({ name: `M${i}`, depth: integer(9), members: integer(40), ref: `D${integer(definitions + 1)}` }),
  );
  const instancesFirst = integer(2) === 0;
  function* all(): Generator<MetricInput> {
    if (instancesFirst) yield* instances;
    yield* flat();
    if (!instancesFirst) yield* instances;
  }
  return all();
}

function instanceOf(o: { name: string; depth: number; members: number; ref: string }): MetricInput {
  const members: MetricInput[] = Array.from({ length: o.members }, (_, i) => ({ name: `m${i % 8}`, datatype: Double }));
  if (o.depth > 0) members.push(instanceOf({ ...o, name: 'm0', depth: o.depth - 1, members: 2 }));
  return { name: o.name, datatype: Template, value: { isDefinition: false, templateRef: o.ref, metrics: members } };
}

function propertiesOf(count: number): PropertyInput[] {
  return Array.from({ length: count }, (_, i) => ({ key: `p${i}`, type: Text, value: 'x' }));
}
