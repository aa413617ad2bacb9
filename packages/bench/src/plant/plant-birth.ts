import { DeviceModel } from '@uns/edge-simulator';
import { encodeBirth } from '@uns/sparkplug';

/** The birth of a plant, always the same for a number of metrics: about 8.5 properties each, as Ignition sends them. */
export class PlantBirth {
  readonly metrics: number;
  readonly properties: number;
  readonly model: DeviceModel;

  constructor(metrics: number, device = 'Cement', seed = 1) {
    this.model = new DeviceModel({ device, metrics, seed });
    this.metrics = metrics;
    this.properties = this.model.propertyCount;
  }

  /** The Sparkplug payload, with values and timestamps of its own. */
  encode(compression: 'none' | 'gzip', timestamp = Date.now()): Promise<Buffer> {
    return encodeBirth({ timestamp, seq: 0, metrics: this.model.metrics(timestamp) }, { compression });
  }

  /** Gives the first of every hundred metrics another description. Returns how many. */
  changeOnePercent(text: string): number {
    const names = this.model.tagNames.filter((_, at) => at % 100 === 0);
    for (const name of names) this.model.editDescription(text, name);
    return names.length;
  }
}
