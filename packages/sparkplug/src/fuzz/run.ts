import { Worker } from 'node:worker_threads';
import type { FuzzTask, Progress } from './task.ts';

/** A large birth takes longer, but lets others have their turn all the while. */
const SILENCE_MS = 5_000;
const WATCH_MS = 100;
const LONGEST_PAYLOAD = 64 * 1024;
/** Of one worker, in MB: what leaks ends the run. */
const HEAP = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 };

export interface FuzzOptions {
  seconds: number;
  seed: number;
  workers: number;
  /** Of the whole process. */
  memoryMb: number;
  /** Folder of golden births. */
  fixtures: URL;
}

export interface FuzzResult {
  tried: number;
  /** Large pairs among them. */
  large: number;
  outcomes: number;
  peakMb: number;
  /** What went wrong, with the payload at hand; null when nothing did. */
  failure: string | null;
}

/** Runs workers until the time is over or something is wrong. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const workers = Array.from({ length: options.workers }, (_, index) => new FuzzWorker(options, options.seed + index));
  let peakMb = 0;
  let stopWatching = (): void => undefined;
  const alarm = new Promise<string>((resolve) => {
    const watch = setInterval(() => {
      peakMb = Math.max(peakMb, process.memoryUsage.rss() / 1024 ** 2);
      const silent = workers.find((worker) => worker.silentMs > SILENCE_MS);
      if (peakMb > options.memoryMb) resolve(`${Math.round(peakMb)} MB of memory`);
      else if (silent !== undefined) resolve(`nothing decoded for ${SILENCE_MS} ms ${silent.payload}`);
    }, WATCH_MS);
    stopWatching = () => clearInterval(watch);
  });
  const allDone = Promise.all(workers.map(async (worker) => await worker.ended));
  const failure = await Promise.race([alarm, allDone.then((ends) => ends.find((end) => end !== null) ?? null)]);
  stopWatching();
  await Promise.all(workers.map(async (worker) => await worker.stop()));
  return {
    tried: workers.reduce((sum, worker) => sum + worker.tried, 0),
    large: workers.reduce((sum, worker) => sum + worker.large, 0),
    outcomes: new Set(workers.flatMap((worker) => [...worker.outcomes])).size,
    peakMb,
    failure,
  };
}

class FuzzWorker {
  tried = 0;
  large = 0;
  readonly outcomes = new Set<string>();
  /** What went wrong; null when the time was over. */
  readonly ended: Promise<string | null>;
  readonly #task: FuzzTask;
  readonly #worker: Worker;
  #heardAt = performance.now();
  #done = false;

  constructor({ seconds, fixtures }: FuzzOptions, seed: number) {
    const current = new SharedArrayBuffer(LONGEST_PAYLOAD);
    this.#task = { seconds, seed, fixtures: fixtures.href, current, currentLength: new SharedArrayBuffer(8) };
    this.#worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: this.#task, resourceLimits: HEAP });
    this.#worker.on('message', ({ tried, large, outcomes, done }: Progress) => {
      this.#heardAt = performance.now();
      this.tried = tried;
      this.large = large;
      this.#done = done;
      for (const outcome of outcomes) this.outcomes.add(outcome);
    });
    this.ended = new Promise((resolve) => {
      this.#worker.once('error', (error: unknown) => resolve(`${describe(error)}\n${this.payload}`));
      this.#worker.once('exit', () => resolve(this.#done ? null : `the worker ended ${this.payload}`));
    });
  }

  get silentMs(): number {
    return this.#done ? 0 : performance.now() - this.#heardAt;
  }

  /** The payload at hand, as an argument of the command. */
  get payload(): string {
    const [length = 0, seed = 0] = new Int32Array(this.#task.currentLength);
    if (seed !== 0) return `while decoding --large ${seed}`;
    const bytes = Buffer.from(new Uint8Array(this.#task.current).slice(0, length));
    return `while decoding --payload ${bytes.toString('base64')}`;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
