import { createRandom, type Random } from '@uns/edge-simulator';
import { Plant } from './plant.ts';
import { kindOf, propertyKeys, type PropertyKey, type Value } from './properties.ts';

export const group = 'Chaos';

/** Devices that edges own: births decide what they are, whatever else is written to the store. */
export const edgeDevices = ['Kiln', 'Mill'] as const;
export const edge = 'Plant';

/** A device whose edge is gone after its first birth: SQL alone changes it, and nothing takes that back. */
export const archiveDevice = 'Archive';
export const archiveEdge = 'Museum';

export const tagsAtFirst = 40;

export const edgeOf = (device: string): string => (device === archiveDevice ? archiveEdge : edge);
export const tagName = (n: number): string => `Line ${n % 4}/Tag ${n}`;

/** The tag in Canary, as the store derives it. */
export const canaryTag = (device: string, tag: string): string =>
  `${group}.${edgeOf(device)}.${device}.${tag.replaceAll('/', '.')}`;

/** All properties of a new tag; the first ones always, of the others some. */
export function newProperties(random: Random, n: number): (readonly [PropertyKey, Value])[] {
  return propertyKeys
    .filter((_, index) => index < 3 || random.chance(0.7))
    .map((key) => [key, kindOf(key).value(n)] as const);
}

/** The plant before the first step, the same for the same seed. */
export function firstPlant(seed: number): Plant {
  const random = createRandom(seed);
  const devices = [...edgeDevices, archiveDevice];
  const plant = new Plant(devices);
  for (const device of devices) {
    for (let n = 0; n < tagsAtFirst; n += 1)
      plant.apply(device, { edit: 'add', tag: tagName(n), properties: newProperties(random, n) });
  }
  return plant;
}
