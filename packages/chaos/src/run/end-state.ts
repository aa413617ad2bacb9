import type { SimulatorControl } from '@uns/canary-simulator';
import type { Sql } from 'postgres';
import type { Finding } from '../oracles/finding.ts';
import { judgeParity } from '../oracles/parity.ts';
import { judgePlant } from '../oracles/plant.ts';
import type { Plant } from '../plant/plant.ts';
import { valuesOf } from './values-of.ts';
import { readDeliveries, readLongestWait, readMetrics, readPosition } from './read-store.ts';
import { volatile } from './settings.ts';

export interface EndState {
  /** What keeps it from being the end; null when nothing is under way any more. */
  underWay: string | null;
  plant: Finding[];
  parity: Finding[];
  metrics: number;
  properties: number;
}

/** Where the plant, the store and Canary stand to one another. */
export async function lookAtEndState(o: { sql: Sql; canary: SimulatorControl; plant: Plant }): Promise<EndState> {
  const metrics = await readMetrics(o.sql, volatile);
  const { dirty, inFlight } = await readDeliveries(o.sql);
  const held = valuesOf(await o.canary.allTags());
  return {
    underWay:
      dirty + inFlight === 0
        ? null
        : `${dirty} metrics are dirty, ${inFlight} in flight${await readLongestWait(o.sql)}`,
    plant: judgePlant(o.plant, metrics),
    parity: judgeParity(metrics, held),
    metrics: metrics.length,
    properties: metrics.reduce((sum, metric) => sum + metric.properties.size, 0),
  };
}

/** True when everything that was written to the log so far is recorded by cdc. */
export async function streamHasReached(sql: Sql, lsn: bigint): Promise<boolean> {
  const position = await readPosition(sql);
  return position !== null && position.active && position.recorded !== null && position.recorded >= lsn;
}
