import type { Fault } from './faults.ts';

/**
 * The aliases one birth defined, for metrics that come with an alias only. A new birth makes a new table. Aliases are
 * unsigned 64-bit numbers in decimal; 0 is one like any other.
 */
export class AliasTable {
  readonly #names = new Map<string, string>();
  #characters = 0;

  /** The table that `toJSON` wrote. Throws TypeError on anything else. */
  static fromJSON(json: unknown): AliasTable {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new TypeError('not an alias table');
    const table = new AliasTable();
    for (const [alias, name] of Object.entries(json)) {
      if (!/^\d{1,20}$/.test(alias) || typeof name !== 'string') throw new TypeError('not an alias table');
      table.#names.set(alias, name);
      table.#characters += name.length;
    }
    return table;
  }

  get size(): number {
    return this.#names.size;
  }

  /** Characters (UTF-16 units) of all its names: what it takes, in memory and as a row, is at most three bytes for each. */
  get characters(): number {
    return this.#characters;
  }

  /** Takes a pair from a birth. The first name of an alias stays (tck-id-payloads-alias-uniqueness); null: all well. */
  learn(alias: string, name: string): Fault | null {
    const known = this.#names.get(alias);
    if (known === undefined) {
      this.#names.set(alias, name);
      this.#characters += name.length;
      return null;
    }
    if (known === name) return null;
    return { reason: 'ALIAS_DUPLICATE', key: null, detail: `alias ${alias} is ${known}` };
  }

  nameOf(alias: string): string | null {
    return this.#names.get(alias) ?? null;
  }

  /** Name by alias, fit for a durable row. */
  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#names);
  }
}

export type ResolvedName =
  | { from: 'birth' | 'device' | 'node'; name: string }
  /** A name to go by until a birth gives one: `alias:<id>`. */
  | { from: 'nowhere'; name: string; fault: Fault };

/**
 * The name of a birth's metric: its own, else the one its alias had in the device's last birth, else in the node's.
 * The metric has a name or an alias, as every metric that was not rejected has.
 */
export function resolveName(
  metric: { name: string | null; alias: string | null },
  known: { device: AliasTable; node: AliasTable },
): ResolvedName {
  if (metric.name !== null) return { from: 'birth', name: metric.name };
  if (metric.alias === null) throw new TypeError('a metric with neither name nor alias has no name');
  const ofDevice = known.device.nameOf(metric.alias);
  if (ofDevice !== null) return { from: 'device', name: ofDevice };
  const ofNode = known.node.nameOf(metric.alias);
  if (ofNode !== null) return { from: 'node', name: ofNode };
  const fault: Fault = { reason: 'ALIAS_UNRESOLVED', key: null, detail: `alias ${metric.alias}` };
  return { from: 'nowhere', name: `alias:${metric.alias}`, fault };
}
