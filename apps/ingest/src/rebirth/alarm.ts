import { sleep, type Clock } from '@uns/service';

/** The longest a timer may be set for, in ms; Node takes longer ones for none. */
const longestMs = 3_600_000;

/** Lets one waiter sleep until a time, or until somebody rings. */
export class Alarm {
  readonly #clock: Clock;
  #rung = false;
  #wake: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at `untilMs` of the monotonic clock (null: never), when rung, also just before, or when aborted. May resolve early. */
  async wait(untilMs: number | null, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const over = new AbortController();
    this.#wake = resolve;
    if (this.#rung || signal.aborted) resolve();
    const timeoutMs =
      untilMs === null ? longestMs : Math.min(longestMs, Math.max(0, untilMs - this.#clock.monotonic()));
    const timer = sleep(timeoutMs, AbortSignal.any([signal, over.signal])).catch(() => undefined);
    await Promise.race([promise, timer]);
    over.abort();
    await timer;
    this.#wake = null;
    this.#rung = false;
  }
}
