import { AliasTable, resolveName, type DecodedMetric } from '@uns/sparkplug';
import type { FaultCollector } from '../quarantine/fault-collector.ts';
import { mostAliasCharacters, mostAliases, type KnownAliases } from '../knowledge/alias-book.ts';

/**
 * Names the metrics of one reading of a birth, in their order, and learns the aliases it gives to those that can be stored: what the
 * birth itself says comes first, then the device's last births, then its edge node's. Two readings of one birth with the same knowledge
 * give the same names.
 */
export class BirthNames {
  readonly learned = new AliasTable();
  readonly #known: KnownAliases;
  #news = false;
  #aliases = false;
  #unresolved = 0;

  constructor(known: KnownAliases) {
    this.#known = known;
  }

  /** Does the birth say of an alias what was not known? */
  get hasNews(): boolean {
    return this.#news;
  }

  /** Has any metric an alias? */
  get hasAliases(): boolean {
    return this.#aliases;
  }

  /** Metrics that nobody has named: they stand as `alias:<id>`. */
  get unresolved(): number {
    return this.#unresolved;
  }

  nameOf(metric: DecodedMetric, faults: FaultCollector): string {
    const { name, alias } = metric;
    if (alias === null) return resolveName(metric, this.#known).name;
    this.#aliases = true;
    if (name !== null) return name;
    const own = this.learned.nameOf(alias);
    if (own !== null) {
      faults.add({
        metric: own,
        reason: 'ALIAS_DUPLICATE',
        detail: `alias ${alias} comes a second time, without a name`,
      });
      return own;
    }
    const resolved = resolveName(metric, this.#known);
    if (resolved.from === 'nowhere') {
      this.#unresolved += 1;
      faults.add({ metric: resolved.name, reason: resolved.fault.reason, detail: resolved.fault.detail });
    }
    return resolved.name;
  }

  /** What an alias stands for after this birth; null when nobody has said. */
  nameOfAlias(alias: string): string | null {
    return this.learned.nameOf(alias) ?? this.#known.device.nameOf(alias) ?? this.#known.node.nameOf(alias);
  }

  /** Takes the alias of a metric that has a name too. */
  learn({ name, alias }: DecodedMetric, faults: FaultCollector): void {
    if (name === null || alias === null) return;
    const { learned } = this;
    const full = learned.size >= mostAliases || learned.characters + name.length > mostAliasCharacters;
    if (full && learned.nameOf(alias) === null) {
      faults.add({ metric: '', reason: 'ALIASES_TOO_MANY', detail: `more than ${learned.size}` });
      return;
    }
    const fault = learned.learn(alias, name);
    if (fault !== null) faults.add({ metric: name, reason: fault.reason, detail: fault.detail });
    else if (this.#known.device.nameOf(alias) !== name) this.#news = true;
  }
}
