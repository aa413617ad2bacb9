import { Counter, Gauge, Histogram, type Registry } from '@uns/service';
import type { JobState } from './job-states.ts';

export type QueueDepth = Readonly<Record<JobState, number>>;

/** A queue whose depth can be read. */
export interface DepthSource {
  readonly name: string;
  depth(): Promise<QueueDepth>;
}

/**
 * Exports the depth of queues by state, read at each scrape; nothing while Redis is away. For one service only: a sum over services
 * would count each job several times.
 */
export function exportQueueDepths(registry: Registry, queues: readonly DepthSource[]): void {
  const gauge: Gauge<'queue' | 'state'> = new Gauge({
    name: 'uns_queue_jobs',
    help: 'Jobs by queue and state; completed and failed ones are those still kept',
    labelNames: ['queue', 'state'],
    registers: [],
    collect: async () => {
      const depths = await Promise.all(queues.map((queue) => queue.depth().catch(() => null)));
      gauge.reset();
      for (const [i, { name: queue }] of queues.entries()) {
        for (const [state, count] of Object.entries(depths[i] ?? {})) gauge.set({ queue, state }, count);
      }
    },
  });
  registry.registerMetric(gauge);
}

const results = ['done', 'returned', 'delayed', 'retried', 'failed', 'rejected', 'invalid', 'stalled'] as const;
export type JobResult = (typeof results)[number];

/** What became of the jobs of one queue in this pod. */
export class WorkerMetrics {
  readonly #queue: string;
  readonly #jobs: Counter<'queue' | 'result'>;
  readonly #seconds: Histogram<'queue'>;

  constructor(registry: Registry, queue: string, active: () => number) {
    this.#queue = queue;
    this.#jobs = new Counter({
      name: 'uns_queue_worked_total',
      help: 'Jobs this pod has worked on: done; returned (to the head of the queue, no attempt burned); delayed (put aside, no attempt burned); retried (behind the backlog); failed; rejected (cannot be done at all); invalid (payload breaks the contract); stalled (found without a living worker)',
      labelNames: ['queue', 'result'],
      registers: [registry],
    });
    this.#seconds = new Histogram({
      name: 'uns_queue_work_seconds',
      help: 'Time this pod worked on one job',
      labelNames: ['queue'],
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
      registers: [registry],
    });
    const gauge: Gauge<'queue'> = new Gauge({
      name: 'uns_queue_in_hand',
      help: 'Jobs this pod works on now',
      labelNames: ['queue'],
      registers: [],
      collect: () => gauge.set({ queue }, active()),
    });
    registry.registerMetric(gauge);
    for (const result of results) this.ended(result, 0);
  }

  ended(result: JobResult, count = 1): void {
    this.#jobs.inc({ queue: this.#queue, result }, count);
  }

  took(ms: number): void {
    this.#seconds.observe({ queue: this.#queue }, ms / 1000);
  }
}
