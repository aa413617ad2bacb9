import { DeviceModel, EdgeNode, type EdgeNodeOptions } from '@uns/edge-simulator';
import { sleep, withDeadline } from '@uns/service';

export const group = 'Secil';

/** The edge nodes of two countries. A seed makes their tags the same in every run. */
const countries = [
  { edge: 'Portugal', compression: 'none', devices: { Cement: 1300, Concrete: 700, Aggregates: 300 } },
  { edge: 'Brazil', compression: 'gzip', devices: { Cement: 1200, Concrete: 700 } },
] as const satisfies { edge: string; compression: EdgeNodeOptions['compression']; devices: Record<string, number> }[];

/** Between the births of two countries, in ms. */
const pauseMs = 800;
const goodbyeMs = 2000;

/** Some device of the plants. */
export interface Device {
  node: EdgeNode;
  model: DeviceModel;
}

/** Everything that publishes in the demo. */
export class Plants {
  readonly devices: readonly Device[];

  private constructor(devices: readonly Device[]) {
    this.devices = devices;
  }

  /** Connects the edge nodes; nothing is published yet. */
  static async connect(o: { mqttUrl: string; onError: (error: unknown) => void }): Promise<Plants> {
    const devices: Device[] = [];
    let seed = 1;
    for (const { edge, compression, devices: sizes } of countries) {
      const models = Object.entries(sizes).map(([device, metrics]) => {
        seed += 1;
        return new DeviceModel({ device, metrics, seed });
      });
      const node = await EdgeNode.connect({
        url: o.mqttUrl,
        group,
        edge,
        devices: models,
        compression,
        onError: o.onError,
      });
      devices.push(...models.map((model) => ({ node, model })));
    }
    return new Plants(devices);
  }

  get tags(): number {
    return this.devices.reduce((sum, { model }) => sum + model.tagNames.length, 0);
  }

  /** @throws RangeError when there is no such device. */
  device(edge: (typeof countries)[number]['edge'], device: string): Device {
    const found = this.devices.find(({ node, model }) => node.edge === edge && model.device === device);
    if (found === undefined) throw new RangeError(`there is no device ${edge}/${device}`);
    return found;
  }

  /** Publishes the births of all nodes and devices, one country after the other. */
  async publishAll(signal: AbortSignal): Promise<void> {
    for (const [index, node] of [...this.#nodes].entries()) {
      if (index > 0) await sleep(pauseMs, signal);
      await node.publishBirths();
    }
  }

  /** A broker that is gone is not waited for. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#nodes].map((node) => withDeadline(goodbyeMs, undefined, () => node.stop()).catch(() => node.kill())),
    );
  }

  get #nodes(): Set<EdgeNode> {
    return new Set(this.devices.map(({ node }) => node));
  }
}
