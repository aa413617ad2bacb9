import type { Random } from '@uns/edge-simulator';
import type { Fault, FaultStep } from './step.ts';

type Lane = Fault['lane'];

interface LaneOptions {
  faults: readonly Fault[];
  /** Mean of the quiet time between two faults, in ms. */
  quietMs: number;
}

export const replicas = { ingest: 1, cdc: 2, 'canary-writer': 2 } as const;

const appFaults = (Object.keys(replicas) as (keyof typeof replicas)[]).flatMap((app) =>
  Array.from({ length: replicas[app] }, (_, index) => index).flatMap((index): Fault[] => [
    { lane: 'apps', fault: 'kill', app, index },
    { lane: 'apps', fault: 'freeze', app, index },
  ]),
);

const lanes: Record<Lane, LaneOptions> = {
  apps: { faults: appFaults, quietMs: 2500 },
  postgres: {
    faults: (['crash', 'kill', 'cut apps', 'cut stream', 'drop slot'] as const).map((fault) => ({
      lane: 'postgres',
      fault,
    })),
    quietMs: 6000,
  },
  redis: {
    faults: (['crash', 'restart empty', 'restart with data', 'down', 'flush all', 'cut clients'] as const).map(
      (fault) => ({ lane: 'redis', fault }),
    ),
    quietMs: 5000,
  },
  mqtt: { faults: [{ lane: 'mqtt', fault: 'cut clients' }], quietMs: 10_000 },
  canary: {
    faults: (
      [
        'down',
        'slow',
        'applied, answer lost',
        'applied, no answer',
        'refuses sessions',
        'forgets sessions',
        '429',
        '5xx',
        'hangs',
        'resets',
        'half an answer',
      ] as const
    ).map((fault) => ({ lane: 'canary', fault })),
    quietMs: 3000,
  },
};

/** These last; all others are over at once. */
const lasting = (fault: Fault): boolean =>
  fault.lane === 'canary' || fault.fault === 'freeze' || (fault.lane === 'redis' && fault.fault === 'down');

/**
 * The faults of one lane, in time. They are dealt from a shuffled pack, so that each kind has come before one comes again.
 *
 * @param random of this lane alone, so that no lane changes another
 */
export function faultsOfLane(lane: Lane, random: Random, untilMs: number): (FaultStep & { atMs: number })[] {
  const { faults, quietMs } = lanes[lane];
  const steps: (FaultStep & { atMs: number })[] = [];
  let pack: Fault[] = [];
  for (let atMs = 500 + random.next() * quietMs; ;) {
    if (pack.length === 0) pack = shuffled(faults, random);
    const fault = pack.pop();
    if (fault === undefined) return steps;
    const forMs = lasting(fault) ? 500 + random.integer(random.chance(0.2) ? 9000 : 3000) : 0;
    if (atMs + forMs > untilMs) return steps;
    steps.push({ ...fault, kind: 'fault', forMs, atMs: Math.round(atMs) });
    atMs += forMs + quietMs * (0.3 + 1.4 * random.next());
  }
}

export const laneNames = Object.keys(lanes) as Lane[];

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  const dealt: T[] = [];
  while (rest.length > 0) dealt.push(...rest.splice(random.integer(rest.length), 1));
  return dealt;
}
