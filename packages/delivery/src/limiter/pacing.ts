/** How the requests of all pods are spread over time. */
export interface Pacing {
  /** Never more than this many requests in any one second at the receiver. */
  capRps: number;
  /** What the way to the receiver may take longer for one request than for another, ms. */
  jitterMs: number;
  /** A slot not used this long after its instant is handed back, ms. */
  lateMs: number;
  /** How far ahead of now slots are given out, ms. */
  aheadMs: number;
  /** Most slots reserved in one call. */
  batch: number;
}

export const defaultPacing = {
  jitterMs: 10,
  lateMs: 100,
  aheadMs: 50,
  batch: 10,
} as const satisfies Omit<Pacing, 'capRps'>;

/** A request that has its slot is on its way within this time, else the fleet is told that it takes longer; ms. */
const unsentMs = 400;

/** Slots are given out faster than they come free by this factor, so that those handed back find a place. */
const paceHeadroom = 1.1;

/**
 * How long a slot rests after its request has left, µs. Two requests of one slot then arrive a second apart at least, because the second
 * one overtakes the first by `jitterMs` at most. There are `capRps` slots, so no second sees more requests.
 */
export function slotRestUs({ jitterMs }: Pick<Pacing, 'jitterMs'>): number {
  return Math.ceil((1000 + jitterMs) * 1000);
}

/** A slot of which nothing is heard, because its pod is gone, is free again this long after its instant; µs. */
export function slotLeaseUs(pacing: Pick<Pacing, 'jitterMs' | 'lateMs'>): number {
  return Math.ceil((pacing.lateMs + unsentMs) * 1000) + slotRestUs(pacing);
}

/** R: the most requests per second when each leaves at the very instant of its slot. */
export function slotsPerSecond(pacing: Pick<Pacing, 'capRps' | 'jitterMs'>, share: number): number {
  return (share * pacing.capRps * 1_000_000) / slotRestUs(pacing);
}

/** Least distance of two slots, µs. A share below 1 is kept by the distance alone. */
export function slotSpacingUs(pacing: Pick<Pacing, 'capRps' | 'jitterMs'>, share: number): number {
  const evenly = 1_000_000 / slotsPerSecond(pacing, share);
  return Math.ceil(share < 1 ? evenly : evenly / paceHeadroom);
}
