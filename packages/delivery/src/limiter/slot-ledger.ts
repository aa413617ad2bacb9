import type { ReservedSlot, SlotReturn } from './slot.ts';

/** A slot in the hands of this pod. */
export interface HeldSlot extends ReservedSlot {
  leaseUs: number;
  /** Its instant; monotonic, ms. */
  readonly at: number;
  renewedAt: number;
  /** Whether its request has left. */
  left: boolean;
}

/** The instant by which an instant of the monotonic clock (ms) has certainly passed on Redis' clock, µs. */
type ToRedisUs = (monotonicMs: number) => number;

interface SlotLedgerOptions {
  /** How long a slot rests after its request has arrived, µs. */
  restUs: number;
  /** A request may leave until this long after the instant of its slot, ms. */
  leaveWithinMs: number;
  /** By when a request that was given up has arrived, ms. */
  arrivedWithinMs: number;
  /** Added to now while a request has no answer, µs. */
  leaseUs: number;
  toRedisUs: ToRedisUs;
}

/** A request that has no answer after this is told to the fleet, again and again; ms. */
const renewAfterMs = 200;

/**
 * What became of the slots this pod was given, until the fleet knows it. One that was used rests from the instant by which its request
 * had certainly arrived: when it was answered. Nothing else tells: a busy receiver may notice a request long after it was handed to the
 * network. One that was not used is free for others at once.
 */
export class SlotLedger {
  readonly #o: SlotLedgerOptions;
  readonly #held = new Set<HeldSlot>();
  #returns: SlotReturn[] = [];

  constructor(options: SlotLedgerOptions) {
    this.#o = options;
  }

  get isEmpty(): boolean {
    return this.#held.size === 0 && this.#returns.length === 0;
  }

  /** @param at the instant of the slot; monotonic, ms */
  grant(slot: ReservedSlot, at: number, now: number): HeldSlot {
    const held = { ...slot, at, renewedAt: now, left: false };
    this.#held.add(held);
    return held;
  }

  /** Whether its request may leave now; then it counts as having left. Once its time is over others may have the slot. */
  leave(slot: HeldSlot, now: number): boolean {
    if (!this.#held.has(slot) || now - slot.at > this.#o.leaveWithinMs) return false;
    slot.left = true;
    return true;
  }

  /** Its request was answered by `now`: it has arrived. */
  answered(slot: HeldSlot, now: number): void {
    this.#settle(slot, this.#restedUs(now));
  }

  /** Its request is over. One that has left without an answer may still arrive; one that has not gives the slot back. */
  ended(slot: HeldSlot, now: number): 'settled' | 'used' | 'unused' {
    if (!this.#held.has(slot)) return 'settled';
    if (slot.left) this.#settle(slot, this.#restedUs(now + this.#o.arrivedWithinMs));
    else this.unused(slot);
    return slot.left ? 'used' : 'unused';
  }

  unused(slot: HeldSlot): void {
    this.#settle(slot, slot.freeSinceUs);
  }

  /** What the fleet has to be told now. */
  take(now: number): SlotReturn[] {
    for (const slot of this.#held) {
      if (now - slot.renewedAt <= renewAfterMs) continue;
      const freeUs = this.#o.toRedisUs(now) + this.#o.leaseUs;
      this.#returns.push({ name: slot.name, leaseUs: slot.leaseUs, freeUs });
      slot.leaseUs = freeUs;
      slot.renewedAt = now;
    }
    const taken = this.#returns;
    this.#returns = [];
    return taken;
  }

  /** The fleet could not be told: later, then. */
  putBack(returns: readonly SlotReturn[]): void {
    this.#returns = [...returns, ...this.#returns];
  }

  /** Another server, or another clock: what was reserved before means nothing there. */
  forget(): void {
    this.#held.clear();
    this.#returns = [];
  }

  #restedUs(arrivedAt: number): number {
    return this.#o.toRedisUs(arrivedAt) + this.#o.restUs;
  }

  #settle(slot: HeldSlot, freeUs: number): void {
    if (!this.#held.delete(slot)) return;
    this.#returns.push({ name: slot.name, leaseUs: slot.leaseUs, freeUs });
  }
}
