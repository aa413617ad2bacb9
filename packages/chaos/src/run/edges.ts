import { EdgeNode } from '@uns/edge-simulator';
import { chaosDevice } from '../plant/chaos-device.ts';
import { archiveDevice, archiveEdge, edge, edgeDevices, group } from '../plant/layout.ts';
import type { Plant } from '../plant/plant.ts';

/** The edge nodes of the plant. */
export class Edges {
  readonly #node: EdgeNode;
  readonly #devices: ReadonlyMap<string, ReturnType<typeof chaosDevice>>;

  private constructor(node: EdgeNode, devices: ReadonlyMap<string, ReturnType<typeof chaosDevice>>) {
    this.#node = node;
    this.#devices = devices;
  }

  static async connect(o: { url: string; plant: Plant; onError: (error: unknown) => void }): Promise<Edges> {
    const devices = new Map<string, ReturnType<typeof chaosDevice>>(
      edgeDevices.map((name) => [name, chaosDevice(o.plant, name)]),
    );
    const node = await EdgeNode.connect({
      url: o.url,
      group,
      edge,
      devices: [...devices.values()],
      compression: 'gzip',
      onError: o.onError,
    });
    return new Edges(node, devices);
  }

  get births(): number {
    return this.#node.births;
  }

  publishAll(): Promise<void> {
    return this.#node.publishBirths();
  }

  async publish(name: string): Promise<void> {
    const device = this.#devices.get(name);
    if (device === undefined) throw new RangeError(`no edge owns ${name}`);
    await this.#node.publishDeviceBirth(device);
  }

  stop(): Promise<void> {
    return this.#node.kill();
  }
}

/** Announces the device that nobody will announce again, and leaves when `stored` says that its birth has come through. */
export async function bequeath(o: {
  url: string;
  plant: Plant;
  stored: (again: () => Promise<void>) => Promise<void>;
}): Promise<void> {
  const node = await EdgeNode.connect({
    url: o.url,
    group,
    edge: archiveEdge,
    devices: [chaosDevice(o.plant, archiveDevice)],
  });
  try {
    await node.publishBirths();
    await o.stored(() => node.publishBirths());
  } finally {
    await node.stop();
  }
}
