import { show, type Finding } from './finding.ts';

export interface DesiredTag {
  tag: string;
  /** What the metric should be in Canary. */
  properties: ReadonlyMap<string, unknown>;
}

/** Every property of every metric, both ways. A removed property is an empty text in Canary, which cannot delete one. */
export function judgeParity(
  desired: Iterable<DesiredTag>,
  held: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
): Finding[] {
  const findings: Finding[] = [];
  for (const { tag, properties } of desired) {
    const found = held.get(tag);
    if (found === undefined) {
      findings.push({ oracle: 'parity', tag, property: null, detail: 'Canary has no such tag' });
      continue;
    }
    for (const property of new Set([...properties.keys(), ...found.keys()])) {
      const [store, canary] = [properties.get(property), found.get(property)];
      if (store === canary || (store === undefined && canary === '')) continue;
      const detail = `the store has ${show(store)}, Canary has ${show(canary)}`;
      findings.push({ oracle: 'parity', tag, property, detail });
    }
  }
  return findings;
}
