/** One of the fleet's slots, given to this pod. All instants are of Redis' clock, µs. */
export interface ReservedSlot {
  readonly name: string;
  readonly instantUs: number;
  /** Since when it was free. */
  readonly freeSinceUs: number;
  /** When it is taken for free again unless more is heard of it. */
  readonly leaseUs: number;
}

/** A slot that comes back: until `freeUs` nobody gets it. Counts only while its lease is still `leaseUs`. Redis' clock, µs. */
export interface SlotReturn {
  readonly name: string;
  readonly leaseUs: number;
  readonly freeUs: number;
}
