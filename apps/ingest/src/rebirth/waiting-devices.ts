import type { EdgeNode } from '@uns/metadata-store';

const mostOfNode = 1000;
const mostDevices = 20_000;

/**
 * Devices whose births used template definitions that were not known, by edge node. Of more than 1,000 of a node the rest goes along; of
 * more than 20,000 in all the edge node that has waited longest is forgotten.
 */
export class WaitingDevices {
  readonly #byNode = new Map<string, Set<string>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(node: EdgeNode, device: string): void {
    const key = keyOf(node);
    const devices = this.#byNode.get(key) ?? new Set();
    if (devices.size >= mostOfNode || devices.has(device)) return;
    this.#byNode.set(key, devices.add(device));
    this.#size += 1;
    if (this.#size <= mostDevices) return;
    const [oldest] = this.#byNode;
    if (oldest === undefined) return;
    this.#byNode.delete(oldest[0]);
    this.#size -= oldest[1].size;
  }

  /** A birth of the device needed nothing that is not known. */
  remove(node: EdgeNode, device: string): void {
    const devices = this.#byNode.get(keyOf(node));
    if (devices?.delete(device) !== true) return;
    this.#size -= 1;
    if (devices.size === 0) this.#byNode.delete(keyOf(node));
  }

  has(node: EdgeNode): boolean {
    return this.#byNode.has(keyOf(node));
  }
}

const keyOf = ({ group, edge }: EdgeNode): string => JSON.stringify([group, edge]);
