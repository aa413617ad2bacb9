import { describeFailure, type CanaryClient, type RequestLimits } from '@uns/canary-client';
import type { FleetCircuit, JobContext, JobEnd } from '@uns/delivery';
import type { Clock, Logger } from '@uns/service';
import type { Receipt, TagOutcome, WriteJob } from '@uns/uns';
import { GiveBackError } from './give-back.ts';
import { storeTags } from './isolate/store-tags.ts';
import { packJob } from './pack-job.ts';
import type { RequestSender, RequestWork } from './request/request-sender.ts';
import { sortResolved, type ResolvedTags } from './resolve/resolve-tags.ts';
import type { WriterMetrics } from './writer-metrics.ts';

export interface ProcessWriteOptions {
  tags: CanaryClient['tags'];
  circuit: Pick<FleetCircuit, 'state'>;
  sender: Pick<RequestSender, 'send'>;
  limits: RequestLimits;
  /** Resolves when the receipt is in its queue. */
  addReceipt: (receipt: Receipt, abort: AbortSignal) => Promise<void>;
  /** Shown with each job: what people must know of this writer. */
  mark: Readonly<Record<string, string>>;
  /** The pod stops: jobs begin no further requests. */
  stopping: AbortSignal;
  metrics: WriterMetrics;
  logger: Logger;
  clock: Clock;
}

/** How long the queue is left alone while nothing can be sent, ms. Holds cannot be ended, so they are short. */
const holdMs = 2000;

/** A job whose tags cannot be looked up waits for the read service as long as this, ms; then its tags are put off. */
const lookupPatienceMs = 120_000;
const lookUpAgainMs = 5000;

/** A job of many retries shows the first of them. */
const mostLines = 40;

/**
 * One write job, to its receipt: look up the dataset of each tag, pack requests, send them, say what became of each tag. The receipt is
 * in its queue before the job ends; when it cannot be added, the job does not end and is worked on again.
 */
export class WriteProcessor {
  readonly #o: ProcessWriteOptions;

  constructor(options: ProcessWriteOptions) {
    this.#o = options;
  }

  /** @throws Error when the receipt cannot be added. */
  async process(job: WriteJob, context: JobContext): Promise<JobEnd> {
    const { metrics, logger } = this.#o;
    try {
      await this.#passOnlyIfSomethingCanBeSent(context.signal);
      const { outcomes, requests } = await this.#deliver(job, context);
      return await this.#conclude(job, context, outcomes, requests);
    } catch (error) {
      if (!(error instanceof GiveBackError)) throw error;
      metrics.givesBack(error.why);
      logger.debug({ deliveryId: job.deliveryId, why: error.why, detail: error.message }, 'job given back');
      return error.end;
    }
  }

  /** Else the tags would be looked up for nothing, again and again. */
  async #passOnlyIfSomethingCanBeSent(abort: AbortSignal): Promise<void> {
    if (this.#o.stopping.aborted || abort.aborted) throw GiveBackError.atHead('stopping', 0, 'the pod stops');
    const state = await this.#o.circuit.state().catch(() => null);
    if (state === null) throw GiveBackError.atHead('circuit-open', holdMs, 'the circuit is unknown without Redis');
    if (state.state === 'open') {
      const hold = Math.min(state.probeInMs, holdMs);
      throw GiveBackError.atHead('circuit-open', hold, `open for ${Math.ceil(state.probeInMs)} ms more`);
    }
  }

  async #deliver(job: WriteJob, context: JobContext): Promise<{ outcomes: TagOutcome[]; requests: number }> {
    const { limits, sender, metrics, stopping, clock } = this.#o;
    const { writable, settled, unavailable } = await this.#resolve(job, context.signal);
    if (unavailable !== null && clock.now() - Date.parse(job.createdAt) < lookupPatienceMs) {
      throw GiveBackError.aside('views-unavailable', lookUpAgainMs, describeFailure(unavailable));
    }
    const packed = packJob(writable, limits);
    const outcomes = [...settled, ...packed.tooLarge];
    const lines: string[] = [];
    let requests = 0;
    const work: RequestWork = {
      stopping,
      abort: context.signal,
      onRequest: () => (requests += 1),
      onRetry: (failure) => lines.push(`request ${requests}: ${describeFailure(failure)}`),
    };
    for (const tags of packed.requests) {
      const stored = await storeTags(
        tags,
        (properties) => {
          if (stopping.aborted && requests > 0) throw GiveBackError.atHead('stopping', 0, 'the pod stops');
          return sender.send(properties, work);
        },
        (messages) => {
          metrics.isolations.inc();
          lines.push(`request ${requests}: refused, sending its tags in parts: ${messages[0]}`);
        },
      );
      outcomes.push(...stored);
    }
    if (lines.length > 0) await context.log(lines.slice(0, mostLines).join('\n'));
    return { outcomes, requests };
  }

  async #resolve(job: WriteJob, abort: AbortSignal): Promise<ResolvedTags> {
    const ids = job.tags.map(({ canaryId }) => canaryId);
    try {
      return sortResolved(job.tags, await this.#o.tags.resolve(ids, abort));
    } catch (error) {
      if (abort.aborted) throw GiveBackError.atHead('aborted', 0, 'told to give up');
      throw error;
    }
  }

  async #conclude(job: WriteJob, context: JobContext, all: readonly TagOutcome[], requests: number): Promise<JobEnd> {
    const { addReceipt, clock, metrics, logger } = this.#o;
    const { deliveryId, device } = job;
    const outcomes = inOrderOf(job, all);
    const summary = { ...this.#o.mark, ...summarise(outcomes, requests) };
    await context.progress(summary);
    const finishedAt = new Date(clock.now()).toISOString();
    await addReceipt({ v: 1, deliveryId, finishedAt, requests, outcomes }, context.signal);
    for (const outcome of outcomes) metrics.tag(outcome);
    metrics.requestsPerDelivery.observe(requests);
    const level = summary.delivered === outcomes.length ? 'debug' : 'info';
    logger[level]({ deliveryId, device, ...summary }, 'delivery ended');
    return { end: 'done', summary };
  }
}

function inOrderOf(job: WriteJob, outcomes: readonly TagOutcome[]): TagOutcome[] {
  const place = new Map(job.tags.map(({ metricId }, i) => [metricId, i]));
  return outcomes.toSorted((a, b) => (place.get(a.metricId) ?? 0) - (place.get(b.metricId) ?? 0));
}

function summarise(outcomes: readonly TagOutcome[], requests: number) {
  const count = (outcome: TagOutcome['outcome']): number => outcomes.filter((one) => one.outcome === outcome).length;
  return {
    tags: outcomes.length,
    delivered: count('delivered'),
    deferred: count('deferred'),
    failed: count('failed'),
    requests,
  };
}
