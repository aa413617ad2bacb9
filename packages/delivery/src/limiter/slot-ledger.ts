import type { ReservedSlot, SlotReturn } from './slot.ts';

/** A slot in the hands of this pod. */
export interface HeldSlot extends ReservedSlot {
  leaseUs: number;
  /** Monotonic, ms. */
  readonly grantedAt: number;
  renewedAt: number;
  /** When its request had left; null before. Monotonic, ms. */
  sentAt: number | null;
}

/** The instant by which an instant of the monotonic clock (ms) has certainly passed on Redis' clock, µs. */
type ToRedisUs = (monotonicMs: number) => number;

interface SlotLedgerOptions {
  /** How long a slot rests after its request has arrived, µs. */
  restUs: number;
  /** By when a request that was not answered yet has arrived, ms after it has left. */
  jitterMs: number;
  /** Added to now when a request has still not left, µs. */
  leaseUs: number;
  toRedisUs: ToRedisUs;
}

/** A request that has not left after this is told to the fleet, again and again; ms. */
const renewAfterMs = 200;
/** By then an attempt has ended, whatever became of it; ms. */
const longestUnsentMs = 70_000;

/**
 * What became of the slots this pod was given, until the fleet knows it. One that was used rests from the instant by which its request
 * had certainly arrived: when it was answered, at the latest some ms after it had left. One that was not used is free for others at once.
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
    const held = { ...slot, grantedAt: now, renewedAt: now, sentAt: null };
    this.#held.add(held);
    return held;
  }

  /** Its request has left by `now`. Said twice, the first time counts. */
  sent(slot: HeldSlot, now: number): void {
    slot.sentAt ??= now;
  }

  /** Its request was answered by `now`: it has arrived. */
  answered(slot: HeldSlot, now: number): void {
    this.#arrived(slot, Math.min(now, (slot.sentAt ?? now) + this.#o.jitterMs));
  }

  unused(slot: HeldSlot): void {
    this.#settle(slot, slot.freeSinceUs);
  }

  /** What the fleet has to be told now. */
  take(now: number): SlotReturn[] {
    for (const slot of this.#held) {
      if (slot.sentAt !== null && now >= slot.sentAt + this.#o.jitterMs) {
        this.#arrived(slot, slot.sentAt + this.#o.jitterMs);
      } else if (now - slot.grantedAt > longestUnsentMs) {
        this.#arrived(slot, now);
      } else if (now - slot.renewedAt > renewAfterMs) {
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

  #arrived(slot: HeldSlot, at: number): void {
    this.#settle(slot, this.#o.toRedisUs(at) + this.#o.restUs);
  }

  #settle(slot: HeldSlot, freeUs: number): void {
    if (!this.#held.delete(slot)) return;
    this.#returns.push({ name: slot.name, leaseUs: slot.leaseUs, freeUs });
  }
}
