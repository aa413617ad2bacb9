/** How the requests of all pods are spread over time. */
export interface Pacing {
  /** Never more than this many requests in any one second at the receiver. */
  capRps: number;
  /** A slot not used this long after its instant is dropped, in ms. */
  lateMs: number;
  /** What the way to the receiver and the error of the clocks may add, in ms. */
  jitterMs: number;
  /** How far ahead of now slots are given out, in ms. */
  aheadMs: number;
  /** Most slots reserved in one call. */
  batch: number;
}

export const defaultPacing = {
  lateMs: 3,
  jitterMs: 3,
  aheadMs: 50,
  batch: 10,
} as const satisfies Omit<Pacing, 'capRps'>;

/**
 * Distance of two slots in µs.
 *
 * A request arrives between its slot's instant and `late + jitter` after it. So what arrives in one second left in slots spread over
 * at most 1 s + late + jitter, and that span holds at most `cap` slots when their distance is span / cap. For a cap of 500 and 3 ms
 * each: 2012 µs, 497.0 requests/s.
 */
export function slotSpacingUs({ capRps, lateMs, jitterMs }: Pick<Pacing, 'capRps' | 'lateMs' | 'jitterMs'>): number {
  return Math.ceil(((1000 + lateMs + jitterMs) * 1000) / capRps);
}
