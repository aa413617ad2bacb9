/** What the worker is given. */
export interface FuzzTask {
  seconds: number;
  seed: number;
  /** File URL of the folder of fixtures. */
  fixtures: string;
  /** The payload at hand, for the main thread to show when it is the last one. */
  current: SharedArrayBuffer;
  /** Its length, and the seed of the large pair at hand, else 0. */
  currentLength: SharedArrayBuffer;
}

/** What the worker tells, now and then. */
export interface Progress {
  tried: number;
  /** Large pairs among them. */
  large: number;
  /** Those not told before. */
  outcomes: readonly string[];
  done: boolean;
}
