import type { EdgeDevice } from '@uns/edge-simulator';
import { Datatype, type MetricInput } from '@uns/sparkplug';
import type { Plant } from './plant.ts';
import { kindOf } from './properties.ts';

/** A device of the plant as an edge node announces it. Its values and its qualities are never the same twice: neither is metadata. */
export function chaosDevice(plant: Plant, device: string): EdgeDevice {
  let births = 0;
  return {
    device,
    metrics: (timestamp) => {
      births += 1;
      // A list and no generator: the plant may change while the birth is encoded.
      return [...plant.tagsOf(device)].map(([name, properties]): MetricInput => ({
        name,
        timestamp,
        datatype: Datatype.Double,
        value: births / 4,
        properties: [
          ...[...properties].map(([key, value]) => ({ key, type: kindOf(key).datatype, value })),
          { key: 'Quality', type: Datatype.Int32, value: births % 2 === 0 ? 192 : 500 },
        ],
      }));
    },
  };
}
