import CircuitBreaker from 'opossum';

/** What an answer says about the health of the other side. `neutral`: nothing (429, an expired login). */
export type Verdict = 'success' | 'server-error' | 'failure' | 'neutral';

class FailedCallError extends Error {
  override readonly name = 'FailedCallError';
  readonly verdict: 'server-error' | 'failure';

  constructor(verdict: 'server-error' | 'failure') {
    super(`the call ended with a ${verdict}`);
    this.verdict = verdict;
  }
}

export type FireResult<T> = { fired: true; result: T; verdict: Verdict } | { fired: false };

interface LocalBreakerOptions {
  consecutiveFailures: number;
  onVerdict: (verdict: Verdict) => void;
}

/**
 * The circuit of this pod alone: opens at once after too many failures in a row, without asking Redis. Only the circuit of the fleet
 * closes it again.
 *
 * opossum's own rules stay out of it. Its threshold compares failures with calls begun in the same window, so calls that hang longer than
 * the window open it at any threshold; `volumeThreshold` switches that off. Its half-open state would let one call through in every pod;
 * `resetTimeout` puts that off for ever. It has no rule for failures in a row: that is counted here.
 */
export class LocalBreaker {
  readonly #breaker: CircuitBreaker<[attempt: () => Promise<Verdict>], Verdict>;
  #consecutive = 0;
  #tripped = false;

  constructor({ consecutiveFailures, onVerdict }: LocalBreakerOptions) {
    this.#breaker = new CircuitBreaker((attempt: () => Promise<Verdict>) => attempt(), {
      name: 'canary',
      timeout: false,
      errorThresholdPercentage: 100,
      volumeThreshold: Number.MAX_SAFE_INTEGER,
      resetTimeout: 2 ** 31 - 1,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      // A call given up says nothing. What is filtered here counts as a success for opossum, hence no counting by its events alone.
      errorFilter: (error: unknown) => !(error instanceof FailedCallError),
    });
    this.#breaker.on('success', (verdict: unknown) => {
      if (verdict === 'success') this.#consecutive = 0;
      if (verdict === 'success' || verdict === 'neutral') onVerdict(verdict);
    });
    this.#breaker.on('failure', (error: unknown) => {
      if (!(error instanceof FailedCallError)) return;
      this.#consecutive += 1;
      onVerdict(error.verdict);
      if (this.#consecutive >= consecutiveFailures && !this.#breaker.opened) {
        this.#tripped = true;
        this.#breaker.open();
      }
    });
  }

  get opened(): boolean {
    return this.#breaker.opened;
  }

  /** It opened by itself, and nobody has opened or closed it since. */
  get tripped(): boolean {
    return this.#tripped;
  }

  /** Calls unless the breaker is open. Rejects only when `call` does. */
  async fire<T>(call: () => Promise<T>, judge: (result: T) => Verdict): Promise<FireResult<T>> {
    const called = Promise.withResolvers<T>();
    try {
      const verdict = await this.#breaker.fire(async () => {
        const result = await call();
        called.resolve(result);
        const judged = judge(result);
        if (judged === 'server-error' || judged === 'failure') throw new FailedCallError(judged);
        return judged;
      });
      return { fired: true, result: await called.promise, verdict };
    } catch (error) {
      if (error instanceof FailedCallError) {
        return { fired: true, result: await called.promise, verdict: error.verdict };
      }
      if (error instanceof Error && CircuitBreaker.isOurError(error)) return { fired: false };
      throw error;
    }
  }

  open(): void {
    this.#tripped = false;
    this.#breaker.open();
  }

  /** Closes and forgets the failures counted before. */
  close(): void {
    this.#tripped = false;
    this.#consecutive = 0;
    this.#breaker.close();
  }

  shutdown(): void {
    this.#breaker.shutdown();
  }
}
