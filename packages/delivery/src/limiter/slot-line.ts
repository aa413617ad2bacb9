import type { Clock } from '@uns/service';

interface SlotLineOptions {
  clock: Clock;
  lateMs: number;
  /** A slot's instant has come. */
  onSlot: () => void;
  /** Slots whose instant was missed by more than `lateMs`. */
  onLate: (count: number) => void;
}

/**
 * The slots this pod holds, fired one by one at their instants: never early, and not at all more than `lateMs` late. There is a
 * timer only while there are slots.
 */
export class SlotLine {
  readonly #o: SlotLineOptions;
  /** Instants of the monotonic clock, ms, ascending. */
  readonly #instants: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SlotLineOptions) {
    this.#o = options;
  }

  get length(): number {
    return this.#instants.length;
  }

  add(instants: readonly number[]): void {
    this.#instants.push(...instants);
    if (this.#timer === undefined) this.#fire();
  }

  /** Empties the line. Returns how many slots it held. */
  clear(): number {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#instants.splice(0).length;
  }

  #arm(): void {
    const next = this.#instants[0];
    if (next === undefined) return;
    // A timer may fire up to 1 ms early; then it is set again.
    this.#timer = setTimeout(() => this.#fire(), Math.max(1, Math.ceil(next - this.#o.clock.monotonic())));
  }

  #fire(): void {
    this.#timer = undefined;
    let late = 0;
    for (;;) {
      const next = this.#instants[0];
      const over = next === undefined ? -1 : this.#o.clock.monotonic() - next;
      if (over < 0) break;
      this.#instants.shift();
      if (over > this.#o.lateMs) late += 1;
      else this.#o.onSlot();
    }
    if (late > 0) this.#o.onLate(late);
    this.#arm();
  }
}
