/** How the requests of all pods are spread over time. */
export interface Pacing {
  /** Never more than this many requests in any one second at the receiver. */
  capRps: number;
  /** A slot not used this long after its instant is handed back, ms. */
  lateMs: number;
  /** How far ahead of now slots are given out, ms. */
  aheadMs: number;
  /** Most slots reserved in one call. */
  batch: number;
}

export const defaultPacing = {
  lateMs: 100,
  aheadMs: 50,
  batch: 10,
} as const satisfies Omit<Pacing, 'capRps'>;

/** A request may leave until this long after the instant of its slot, ms. More than `lateMs`, for what happens between the two. */
export const leaveWithinMs = 250;

/**
 * A request without an answer has arrived by then, ms: one that was given up, or whose pod is gone. It was handed to an established
 * connection; the longest it took a receiver to notice one, twelve processes on one processor, was 72 ms.
 */
export const arrivedWithinMs = 500;

/** Slots are given out faster than they come free by this factor, so that those handed back find a place. */
const paceHeadroom = 1.1;

/**
 * How long a slot rests after its request has arrived, µs. Two requests of one slot then arrive a second apart at least. There are
 * `capRps` slots, so no second sees more requests. One ms is for the clocks: ours, Redis' and the receiver's differ by 0.1 ms in a second.
 */
export const slotRestUs = 1_001_000;

/** A slot of which nothing is heard, because its pod is gone or frozen, is free again this long after its instant; µs. */
export const slotLeaseUs = (leaveWithinMs + arrivedWithinMs) * 1000 + slotRestUs;

/** R: the most requests per second, when each arrives at the very instant of its slot. */
export function slotsPerSecond({ capRps }: Pick<Pacing, 'capRps'>, share: number): number {
  return (share * capRps * 1_000_000) / slotRestUs;
}

/** Least distance of two slots, µs. A share below 1 is kept by the distance alone. */
export function slotSpacingUs(pacing: Pick<Pacing, 'capRps'>, share: number): number {
  const evenly = 1_000_000 / slotsPerSecond(pacing, share);
  return Math.ceil(share < 1 ? evenly : evenly / paceHeadroom);
}
