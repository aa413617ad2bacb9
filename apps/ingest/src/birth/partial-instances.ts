import type { DecodedMetric } from '@uns/sparkplug';

/**
 * Tells which metrics of a birth may have more properties than it says: template instances whose definition is not known, or cannot be
 * used whole, and all their members, which follow them. Asked for every metric in its order.
 */
export class PartialInstances {
  #prefix: string | null = null;
  #count = 0;

  /** Instances seen whose definition is not known. */
  get count(): number {
    return this.#count;
  }

  includes(metric: DecodedMetric, name: string): boolean {
    const inside = this.#prefix !== null && name.startsWith(this.#prefix);
    const isUnknown = metric.faults.some((fault) => fault.reason === 'TEMPLATE_UNKNOWN');
    if (
      !isUnknown &&
      !metric.faults.some(({ reason }) => reason === 'TEMPLATE_CHAIN_TOO_LONG' || reason === 'TEMPLATE_INCOMPLETE')
    )
      return inside;
    if (isUnknown) this.#count += 1;
    // An instance inside another: the outer one's members go on behind it.
    if (!inside) this.#prefix = `${name}/`;
    return true;
  }
}
