import { canaryTag } from '../plant/layout.ts';
import type { Plant } from '../plant/plant.ts';
import { show, type Finding } from './finding.ts';

/** A metric as the store has it, without volatile properties. */
export interface StoredMetric {
  device: string;
  name: string;
  retired: boolean;
  properties: ReadonlyMap<string, unknown>;
}

/** The store has exactly the tags of the plant in use, with exactly their properties. What the edge has dropped is retired. */
export function judgePlant(plant: Plant, stored: readonly StoredMetric[]): Finding[] {
  const findings: Finding[] = [];
  const note = (device: string, tag: string, property: string | null, detail: string): void => {
    findings.push({ oracle: 'plant', tag: canaryTag(device, tag), property, detail });
  };
  for (const device of plant.devices) {
    const inUse = new Map(
      stored.filter((metric) => metric.device === device && !metric.retired).map((metric) => [metric.name, metric]),
    );
    const tags = plant.tagsOf(device);
    for (const [tag, properties] of tags) {
      const metric = inUse.get(tag);
      if (metric === undefined) {
        note(device, tag, null, 'the store does not have it, or has it retired');
        continue;
      }
      const keys = new Set<string>([...properties.keys(), ...metric.properties.keys()]);
      const wanted: ReadonlyMap<string, unknown> = properties;
      for (const key of keys) {
        const [plantHas, storeHas] = [wanted.get(key), metric.properties.get(key)];
        if (plantHas !== storeHas)
          note(device, tag, key, `the plant has ${show(plantHas)}, the store has ${show(storeHas)}`);
      }
    }
    for (const name of inUse.keys())
      if (!tags.has(name)) note(device, name, null, 'the plant has it no more, the store has it in use');
  }
  return findings;
}
