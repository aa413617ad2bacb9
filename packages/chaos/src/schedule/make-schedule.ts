import { createRandom } from '@uns/edge-simulator';
import { firstPlant } from '../plant/layout.ts';
import { faultsOfLane, laneNames } from './faults.ts';
import type { Step } from './step.ts';
import { WorkloadGenerator } from './workload.ts';

/** Mean time between two steps of work, in ms. */
const workEveryMs = 600;

/** All that will be done to the product, in time: the same for the same seed and length. */
export function makeSchedule(o: { seed: number; seconds: number }): Step[] {
  const untilMs = o.seconds * 1000;
  const steps: Step[] = laneNames.flatMap((lane, n) => faultsOfLane(lane, createRandom(o.seed * 31 + n + 1), untilMs));
  const random = createRandom(o.seed * 31);
  const generator = new WorkloadGenerator(random, firstPlant(o.seed));
  for (let atMs = 100; atMs < untilMs; atMs += workEveryMs * (0.2 + 1.6 * random.next()))
    steps.push({ ...generator.next(), atMs: Math.round(atMs) });
  return steps.toSorted((a, b) => a.atMs - b.atMs);
}
