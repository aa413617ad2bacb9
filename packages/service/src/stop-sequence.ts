export type StopStep = 'running' | 'graceful' | 'aborting' | 'forced';

const next: Record<StopStep, StopStep> = {
  running: 'graceful',
  graceful: 'aborting',
  aborting: 'forced',
  forced: 'forced',
};

/**
 * The steps of a stop: running, graceful (finish work in hand), aborting (give up waiting), forced (end the process). Each signal
 * goes one step on; time does too, `graceMs` after the graceful step began and `forcedAfterMs` after the abort.
 */
export class StopSequence {
  readonly abort: AbortSignal;
  /** Resolves with the first step. */
  readonly stopRequested: Promise<void>;
  #step: StopStep = 'running';
  #timer: NodeJS.Timeout | undefined;
  #forced: () => void = () => undefined;
  readonly #times: { graceMs: number; forcedAfterMs: number };
  readonly #controller = new AbortController();
  readonly #requested = Promise.withResolvers<void>();

  constructor(times: { graceMs: number; forcedAfterMs: number }) {
    this.#times = times;
    this.abort = this.#controller.signal;
    this.stopRequested = this.#requested.promise;
  }

  get step(): StopStep {
    return this.#step;
  }

  onForced(callback: () => void): void {
    this.#forced = callback;
  }

  /** Goes one step on; `reason` is what the abort signal carries. */
  advance(reason: Error): void {
    clearTimeout(this.#timer);
    this.#step = next[this.#step];
    switch (this.#step) {
      case 'running':
        break;
      case 'graceful':
        this.#requested.resolve();
        this.#after(this.#times.graceMs, reason);
        break;
      case 'aborting':
        this.#controller.abort(reason);
        this.#after(this.#times.forcedAfterMs, reason);
        break;
      case 'forced':
        this.#forced();
        break;
    }
  }

  #after(ms: number, reason: Error): void {
    this.#timer = setTimeout(() => this.advance(reason), ms).unref();
  }
}
