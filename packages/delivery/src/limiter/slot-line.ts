import type { Clock } from '@uns/service';

/** A slot and its instant of the monotonic clock, ms. */
export interface TimedSlot<T> {
  readonly at: number;
  readonly slot: T;
}

interface SlotLineOptions<T> {
  clock: Clock;
  lateMs: number;
  /** A slot's instant has come. */
  onSlot: (slot: T) => void;
  /** Slots whose instant was missed by more than `lateMs`. */
  onLate: (slots: readonly T[]) => void;
}

/**
 * The slots this pod holds, fired one by one at their instants: never early, and not at all more than `lateMs` late. There is a
 * timer only while there are slots.
 */
export class SlotLine<T> {
  readonly #o: SlotLineOptions<T>;
  /** Ascending. */
  readonly #slots: TimedSlot<T>[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SlotLineOptions<T>) {
    this.#o = options;
  }

  get length(): number {
    return this.#slots.length;
  }

  add(slots: readonly TimedSlot<T>[]): void {
    this.#slots.push(...slots);
    if (this.#timer === undefined) this.#fire();
  }

  /** Empties the line. Returns the slots it held. */
  clear(): T[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#slots.splice(0).map(({ slot }) => slot);
  }

  #arm(): void {
    const [next] = this.#slots;
    if (next === undefined) return;
    // A timer may fire up to 1 ms early; then it is set again.
    this.#timer = setTimeout(() => this.#fire(), Math.max(1, Math.ceil(next.at - this.#o.clock.monotonic())));
  }

  #fire(): void {
    this.#timer = undefined;
    const late: T[] = [];
    for (;;) {
      const [next] = this.#slots;
      if (next === undefined) break;
      const over = this.#o.clock.monotonic() - next.at;
      if (over < 0) break;
      this.#slots.shift();
      if (over > this.#o.lateMs) late.push(next.slot);
      else this.#o.onSlot(next.slot);
    }
    if (late.length > 0) this.#o.onLate(late);
    this.#arm();
  }
}
