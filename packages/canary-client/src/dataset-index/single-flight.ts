/** One run at a time: who asks while it is under way gets its result. */
export class SingleFlight<T> {
  readonly #work: () => Promise<T>;
  #flight: Promise<T> | null = null;

  constructor(work: () => Promise<T>) {
    this.#work = work;
  }

  run(): Promise<T> {
    this.#flight ??= this.#start();
    return this.#flight;
  }

  /** Ends when nothing is under way any more. */
  async idle(): Promise<void> {
    await this.#flight;
  }

  async #start(): Promise<T> {
    try {
      return await this.#work();
    } finally {
      this.#flight = null;
    }
  }
}
