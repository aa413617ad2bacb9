import type { Logger } from '@uns/service';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { jobOptions } from './job-options.ts';
import { jobStates, readJobStates, type JobState } from './job-states.ts';
import type { QueueDefinition } from './queue-definition.ts';
import type { DepthSource, QueueDepth } from './queue-metrics.ts';

export interface JobQueueOptions {
  /** Fails fast while Redis is away (see `connectRedis`); stays the caller's to close. */
  redis: Redis;
  /** First part of all keys; the same for all services. */
  prefix: string;
  logger: Logger;
}

/** In one pipeline. A job may have 1 MB. */
const jobsPerPipeline = 50;

/** The sending side of a queue. Everything rejects at once while Redis is away. */
export class JobQueue<T> implements DepthSource {
  readonly definition: QueueDefinition<T>;
  /** For Bull Board, which takes nothing else. */
  readonly bull: Queue;
  readonly #redis: Redis;

  constructor(definition: QueueDefinition<T>, { redis, prefix, logger }: JobQueueOptions) {
    this.definition = definition;
    this.#redis = redis;
    this.bull = new Queue(definition.name, { connection: redis, prefix, defaultJobOptions: jobOptions });
    this.bull.on('error', (error) => logger.warn({ err: error, queue: definition.name }, 'queue error'));
  }

  get name(): string {
    return this.definition.name;
  }

  /**
   * Adds jobs. A job whose id Redis has already is left as it is.
   *
   * @throws Error when Redis is away or refuses. Any of the jobs may have been added all the same: ask `jobStates` before giving one up.
   */
  async add(payloads: readonly T[]): Promise<void> {
    const { jobId, title } = this.definition;
    for (let from = 0; from < payloads.length; from += jobsPerPipeline) {
      const some = payloads.slice(from, from + jobsPerPipeline);
      await this.bull.addBulk(
        some.map((payload) => ({ name: title(payload), data: payload, opts: { jobId: jobId(payload) } })),
      );
    }
  }

  /** All pods leave the queue alone for `ms`. Jobs in hand are not touched, no attempt is burned. Keep it short: it cannot be ended. */
  async hold(ms: number): Promise<void> {
    await this.bull.rateLimit(Math.ceil(ms));
  }

  /** How many jobs there are in each state. */
  async depth(): Promise<QueueDepth> {
    const counts = await this.bull.getJobCounts(...jobStates);
    const of = (state: JobState): number => counts[state] ?? 0;
    return {
      waiting: of('waiting'),
      active: of('active'),
      delayed: of('delayed'),
      prioritized: of('prioritized'),
      completed: of('completed'),
      failed: of('failed'),
    };
  }

  /** Jobs still to be worked on: what a high-water mark is compared with. */
  async backlog(): Promise<number> {
    const { waiting, active, delayed, prioritized } = await this.depth();
    return waiting + active + delayed + prioritized;
  }

  /** The state of each of these jobs; an id that is missing from the answer is a job that Redis does not have. */
  jobStates(ids: readonly string[]): Promise<Map<string, JobState>> {
    return readJobStates(this.#redis, (type) => this.bull.toKey(type), ids);
  }

  /** Why a job failed, cut to what a person reads; null when Redis does not have it, or it has not failed. */
  async failure(id: string): Promise<string | null> {
    const reason = await this.#redis.hget(this.bull.toKey(id), 'failedReason');
    return reason?.slice(0, 2000) ?? null;
  }

  /** Resolves when the queue can be used. Rejects when Redis goes meanwhile: then it never can, make another. */
  async ready(): Promise<void> {
    await this.bull.waitUntilReady();
  }

  async close(): Promise<void> {
    await this.bull.close();
  }
}
