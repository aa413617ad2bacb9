import type { EdgeNode } from '@uns/metadata-store';

const mostNodes = 10_000;
const mostDevices = 1000;

/** Devices whose births used template definitions that were not known, by edge node. Of more than 1,000 of a node the rest goes along. */
export class WaitingDevices {
  readonly #byNode = new Map<string, Set<string>>();

  add(node: EdgeNode, device: string): void {
    const key = keyOf(node);
    const devices = this.#byNode.get(key) ?? new Set();
    if (devices.size >= mostDevices || (devices.size === 0 && this.#byNode.size >= mostNodes)) return;
    this.#byNode.set(key, devices.add(device));
  }

  /** A birth of the device needed nothing that is not known. */
  remove(node: EdgeNode, device: string): void {
    const devices = this.#byNode.get(keyOf(node));
    if (devices?.delete(device) === true && devices.size === 0) this.#byNode.delete(keyOf(node));
  }

  has(node: EdgeNode): boolean {
    return this.#byNode.has(keyOf(node));
  }
}

const keyOf = ({ group, edge }: EdgeNode): string => JSON.stringify([group, edge]);
