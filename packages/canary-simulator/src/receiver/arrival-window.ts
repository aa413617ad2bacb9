const oneSecondMicros = 1_000_000;

/**
 * Arrival times of the last second. Any window of one second that holds the most arrivals can be moved until it ends with one, so
 * looking back at each arrival finds the largest number in any window exactly. A window is half open: two arrivals one second apart
 * are never in the same.
 */
export class ArrivalWindow {
  #times = new Float64Array(1024);
  #first = 0;
  #count = 0;
  #max = 0;

  /** The largest number of arrivals in any one-second window since the start or the reset. */
  get max(): number {
    return this.#max;
  }

  /**
   * Notes an arrival and returns how many there were in the second that ends with it, itself included.
   *
   * @param micros monotonic µs, never less than the last
   */
  arrive(micros: number): number {
    while (this.#count > 0 && micros - this.#at(0) >= oneSecondMicros) {
      this.#first = (this.#first + 1) & (this.#times.length - 1);
      this.#count -= 1;
    }
    if (this.#count === this.#times.length) this.#grow();
    this.#times[(this.#first + this.#count) & (this.#times.length - 1)] = micros;
    this.#count += 1;
    this.#max = Math.max(this.#max, this.#count);
    return this.#count;
  }

  /** µs until fewer than `limit` arrivals are left in the window, as seen at `micros`. */
  freeIn(limit: number, micros: number): number {
    const surplus = this.#count - limit;
    return surplus < 0 ? 0 : Math.max(0, this.#at(surplus) + oneSecondMicros - micros);
  }

  reset(): void {
    this.#first = 0;
    this.#count = 0;
    this.#max = 0;
  }

  #at(index: number): number {
    return this.#times[(this.#first + index) & (this.#times.length - 1)] ?? 0;
  }

  #grow(): void {
    const larger = new Float64Array(this.#times.length * 2);
    for (let index = 0; index < this.#count; index++) larger[index] = this.#at(index);
    this.#times = larger;
    this.#first = 0;
  }
}
