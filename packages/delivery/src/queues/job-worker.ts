import type { Logger, Registry } from '@uns/service';
import { DelayedError, RateLimitError, UnrecoverableError, Worker, type Job } from 'bullmq';
import { patient, verifiedBy } from '../redis/connections.ts';
import type { JobQueue } from './job-queue.ts';
import { WorkerMetrics } from './queue-metrics.ts';

/** What a handler may know and say about the job it works on. */
export interface JobContext {
  readonly jobId: string;
  /** Aborted when the job is no longer ours, because another pod may have it now, and by `JobWorker.giveUp`. */
  readonly signal: AbortSignal;
  /** A line for people who look at the job. Never rejects. */
  log(line: string): Promise<void>;
  /** Shown as the progress of the job. Never rejects. */
  progress(counts: Readonly<Record<string, number | string>>): Promise<void>;
}

/** How the work on a job ends. A handler that rejects has failed in a way nobody foresaw: the job is tried again behind the backlog. */
export type JobEnd =
  | { end: 'done'; summary: Readonly<Record<string, number | string>> }
  /** To the head of the queue; no attempt is burned. With `holdMs` above 0 all pods leave the queue alone for so long. */
  | { end: 'return'; holdMs: number }
  /** Out of the way of the others for `ms`, then behind them; no attempt is burned. */
  | { end: 'delay'; ms: number }
  /** Failed for good: kept among the failed jobs with the reason, for people. */
  | { end: 'reject'; reason: string };

export type JobHandler<T> = (payload: T, context: JobContext) => Promise<JobEnd>;

export interface JobWorkerOptions {
  redisUrl: string;
  /** PEM certificates that replace the system's roots, for `rediss://`. */
  redisCa?: string | undefined;
  prefix: string;
  /** Jobs worked on at a time. */
  concurrency: number;
  registry: Registry;
  logger: Logger;
  /** A job whose pod died goes to another after this to twice this, ms. Default 30 s. */
  stalledAfterMs?: number;
}

/** One day of BullMQ's own counts per minute, for Bull Board. */
const minutesOfMetrics = 24 * 60;

/** Each death of a pod that has a job counts, and BullMQ never takes a count back: its limit must not be what ends a job. */
const maxStalledCount = 1000;

const longestReason = 2000;

/** The working side of a queue. It waits for Redis as long as that is away. */
export class JobWorker<T> {
  readonly #queue: JobQueue<T>;
  readonly #handle: JobHandler<T>;
  readonly #worker: Worker;
  readonly #metrics: WorkerMetrics;
  readonly #logger: Logger;
  #active = 0;

  constructor(queue: JobQueue<T>, handle: JobHandler<T>, o: JobWorkerOptions) {
    const { prefix, redisUrl, redisCa, concurrency, stalledAfterMs = 30_000 } = o;
    this.#queue = queue;
    this.#handle = handle;
    this.#logger = o.logger.child({ queue: queue.name });
    this.#metrics = new WorkerMetrics(o.registry, queue.name, () => this.#active);
    // Three parameters: BullMQ makes a signal only for a processor that takes one.
    this.#worker = new Worker(queue.name, (job, token, signal) => this.#work(job, token, signal), {
      connection: { ...patient, ...verifiedBy(redisCa), url: redisUrl },
      prefix,
      concurrency,
      // Never reached, but without a limiter `JobQueue.hold` has no effect.
      limiter: { max: 1_000_000, duration: 1000 },
      lockDuration: stalledAfterMs,
      stalledInterval: stalledAfterMs,
      maxStalledCount,
      runRetryDelay: 1000,
      metrics: { maxDataPoints: minutesOfMetrics },
    });
    this.#listen();
  }

  /** Jobs being worked on. */
  get active(): number {
    return this.#active;
  }

  /** Resolves when the connections to Redis are ready. */
  async ready(): Promise<void> {
    await this.#worker.waitUntilReady();
  }

  /**
   * Takes no more jobs and waits for those in hand; `giveUp` ends their work. Once `abort` is aborted it waits no longer: jobs still in
   * hand go to another pod when they stall.
   */
  async stop(abort: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    const onAbort = (): void => aborted.resolve();
    abort.addEventListener('abort', onAbort, { once: true });
    if (abort.aborted) aborted.resolve();
    await Promise.race([this.#worker.close(), aborted.promise]);
    abort.removeEventListener('abort', onAbort);
    if (this.#active > 0) this.#logger.warn({ active: this.#active }, 'stopped with jobs in hand');
  }

  /** Aborts the signals of all jobs in hand. */
  giveUp(reason: string): void {
    this.#worker.cancelAllJobs(reason);
  }

  async #work(job: Job, token: string | undefined, signal: AbortSignal | undefined): Promise<unknown> {
    const payload = this.#validate(job);
    const started = performance.now();
    this.#active += 1;
    try {
      const end = await this.#handle(payload, this.#contextOf(job, signal));
      if (end.end === 'done') return end.summary;
      if (end.end === 'reject') {
        this.#metrics.ended('rejected');
        throw new UnrecoverableError(end.reason.slice(0, longestReason));
      }
      if (end.end === 'delay') {
        await job.moveToDelayed(Date.now() + end.ms, token);
        this.#metrics.ended('delayed');
        throw new DelayedError();
      }
      if (end.holdMs > 0) await this.#queue.hold(end.holdMs).catch((error: unknown) => this.#warn(error, 'no hold'));
      this.#metrics.ended('returned');
      throw new RateLimitError();
    } finally {
      this.#active -= 1;
      this.#metrics.took(performance.now() - started);
    }
  }

  /** @throws UnrecoverableError for a payload that breaks the contract: no retry would mend it. */
  #validate(job: Job): T {
    const { schema, jobId } = this.#queue.definition;
    const parsed = schema.safeParse(job.data);
    const problem = !parsed.success
      ? parsed.error.message
      : jobId(parsed.data) !== job.id
        ? `it belongs to a job with the id ${jobId(parsed.data)}`
        : null;
    if (parsed.success && problem === null) return parsed.data;
    this.#metrics.ended('invalid');
    const reason = `the payload breaks the contract of ${this.#queue.name}: ${problem}`.slice(0, longestReason);
    this.#logger.error({ jobId: job.id, reason }, 'job refused');
    throw new UnrecoverableError(reason);
  }

  #contextOf(job: Job, signal: AbortSignal | undefined): JobContext {
    return {
      jobId: job.id ?? '',
      signal: signal ?? new AbortController().signal,
      log: async (line) => {
        await job.log(line).catch((error: unknown) => this.#warn(error, 'job log line not written'));
      },
      progress: (counts) =>
        job.updateProgress(counts).catch((error: unknown) => this.#warn(error, 'job progress not written')),
    };
  }

  #listen(): void {
    this.#worker
      .on('completed', () => this.#metrics.ended('done'))
      .on('failed', (job, error) => {
        const final = error instanceof UnrecoverableError || job === undefined || job.finishedOn !== undefined;
        if (!(error instanceof UnrecoverableError)) this.#metrics.ended(final ? 'failed' : 'retried');
        this.#logger.error({ err: error, jobId: job?.id, final }, 'job failed');
      })
      .on('stalled', () => this.#metrics.ended('stalled'))
      .on('lockRenewalFailed', (jobIds) => {
        for (const jobId of jobIds) this.#worker.cancelJob(jobId, 'the job is no longer ours');
      })
      .on('error', (error) => this.#warn(error, 'worker error'));
  }

  #warn(error: unknown, what: string): void {
    this.#logger.warn({ err: error }, what);
  }
}
