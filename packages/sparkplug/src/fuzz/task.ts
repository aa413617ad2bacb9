/** What the worker is given. */
export interface FuzzTask {
  seconds: number;
  seed: number;
  /** File URL of the folder of fixtures. */
  fixtures: string;
  /** The payload at hand, for the main thread to show when it is the last one. */
  current: SharedArrayBuffer;
  currentLength: SharedArrayBuffer;
}

/** What the worker tells, now and then. */
export interface Progress {
  tried: number;
  /** Those not told before. */
  outcomes: readonly string[];
  done: boolean;
}
