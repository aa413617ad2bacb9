const windowMs = 1000;

/** How fast a counter grows, per second, over the last second or what is known of it. */
export class SlidingRate {
  readonly #samples: { atMs: number; count: number }[] = [];

  /** @param atMs monotonic time in ms */
  add(atMs: number, count: number): number {
    this.#samples.push({ atMs, count });
    // One sample beyond the window stays, so that all of it is covered.
    while (this.#samples.length > 2 && atMs - (this.#samples[1]?.atMs ?? atMs) >= windowMs) this.#samples.shift();
    const first = this.#samples[0];
    if (first === undefined || first.atMs === atMs) return 0;
    return Math.round(((count - first.count) * 1000) / (atMs - first.atMs));
  }
}
