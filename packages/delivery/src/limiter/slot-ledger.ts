import type { ReservedSlot, SlotReturn } from './slot.ts';

/** A slot in the hands of this pod. */
export interface HeldSlot extends ReservedSlot {
  leaseUs: number;
  /** Monotonic, ms. */
  readonly grantedAt: number;
  renewedAt: number;
}

/** The instant by which an instant of the monotonic clock (ms) has certainly passed on Redis' clock, µs. */
type ToRedisUs = (monotonicMs: number) => number;

interface SlotLedgerOptions {
  /** How long a slot rests after its request has left, µs. */
  restUs: number;
  /** Added to now when a request has still not left, µs. */
  leaseUs: number;
  toRedisUs: ToRedisUs;
}

/** A request that has not left after this is told to the fleet, again and again; ms. */
const renewAfterMs = 200;
/** By then an attempt has ended, whatever became of it; ms. */
const longestUnsentMs = 70_000;

/**
 * What became of the slots this pod was given, until the fleet knows it: one that was used rests from the instant its request left, late
 * or not; one that was not used is free for others at once.
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

  grant(slot: ReservedSlot, now: number): HeldSlot {
    const held = { ...slot, grantedAt: now, renewedAt: now };
    this.#held.add(held);
    return held;
  }

  /** Its request has left by `now`. Said twice it counts once. */
  used(slot: HeldSlot, now: number): void {
    this.#settle(slot, this.#o.toRedisUs(now) + this.#o.restUs);
  }

  unused(slot: HeldSlot): void {
    this.#settle(slot, slot.freeSinceUs);
  }

  /** What the fleet has to be told now. */
  take(now: number): SlotReturn[] {
    for (const slot of this.#held) {
      if (now - slot.grantedAt > longestUnsentMs) this.used(slot, now);
      else if (now - slot.renewedAt > renewAfterMs) {
        const freeUs = this.#o.toRedisUs(now) + this.#o.leaseUs;
        this.#returns.push({ name: slot.name, leaseUs: slot.leaseUs, freeUs });
        slot.leaseUs = freeUs;
        slot.renewedAt = now;
      }
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

  #settle(slot: HeldSlot, freeUs: number): void {
    if (!this.#held.delete(slot)) return;
    this.#returns.push({ name: slot.name, leaseUs: slot.leaseUs, freeUs });
  }
}
