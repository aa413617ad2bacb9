import {
  describeFailure,
  type CanaryClient,
  type CanaryFailure,
  type CanaryOutcome,
  type PropertiesByTag,
} from '@uns/canary-client';
import { CircuitOpenError, nextAttempt, type FleetCircuit, type RetryPolicy } from '@uns/delivery';
import { DeadlineExceededError, sleep, withDeadline, type Clock, type Logger } from '@uns/service';
import { GiveBackError } from '../give-back.ts';
import type { WriterMetrics } from '../writer-metrics.ts';
import { judge } from './judge.ts';
import { nextMove } from './next-move.ts';

export type Sent =
  | { sent: 'stored' }
  /** Canary looked at the content and refused it, or a part of it; nothing says which. */
  | { sent: 'refused'; messages: readonly string[] }
  | { sent: 'attempts-used'; failure: CanaryFailure };

/** The work a request belongs to. */
export interface RequestWork {
  /** The pod stops: finish what is under way, begin nothing new. */
  readonly stopping: AbortSignal;
  /** Give up at once: the job is no longer ours, or the stop has taken too long. */
  readonly abort: AbortSignal;
  /** Told once for each request that was made. */
  readonly onRequest: () => void;
  /** Told of each one that must be repeated. */
  readonly onRetry: (failure: CanaryFailure) => void;
}

export interface RequestSenderOptions {
  client: Pick<CanaryClient, 'storeProperties' | 'session'>;
  circuit: Pick<FleetCircuit, 'run'>;
  limiter: { penalise(ms: number): Promise<void> };
  retry: RetryPolicy;
  metrics: WriterMetrics;
  logger: Logger;
  clock: Clock;
  random?: () => number;
}

/** A 429 without `Retry-After` holds the fleet back this long, ms. */
const defaultPenaltyMs = 1000;
/** After so many 429s in a row the job goes back: others may fare better. */
const mostPenalties = 10;
/** How long the queue is left alone for want of a session. The client paces the logins themselves. */
const noSessionHoldMs = 2000;
/** Holds cannot be ended, so they are short and repeated. */
const longestHoldMs = 2000;
/** A longer `Retry-After` of a 5xx is cut: the circuit is there for outages. */
const longestServerDelayMs = 10_000;

/** Sends one request until Canary has taken or refused it, or the attempts are used up: in place, each through circuit and limiter. */
export class RequestSender {
  readonly #o: RequestSenderOptions;

  constructor(options: RequestSenderOptions) {
    this.#o = options;
  }

  /**
   * @throws GiveBackError when nothing can be sent now, whatever it is, and when the work must end.
   * @throws GuardRailError, before anything is sent, for a tag that must not be written.
   */
  async send(tags: PropertiesByTag, work: RequestWork): Promise<Sent> {
    const { retry, random, metrics, clock } = this.#o;
    let elapsedMs = 0;
    let penalties = 0;
    let failure: CanaryFailure | null = null;
    for (let made = 0; ;) {
      const next = nextAttempt(retry, { made, elapsedMs }, random);
      if (next.step === 'give-up') {
        return { sent: 'attempts-used', failure: failure ?? { outcome: 'timeout', afterMs: retry.totalMs } };
      }
      // The server's delay is the floor, ours the ceiling.
      const waitMs = Math.max(next.waitMs, failure === null ? 0 : askedDelayMs(failure));
      await this.#pause(waitMs, work);
      const startedAt = clock.monotonic();
      const outcome = await this.#attempt(tags, next.timeoutMs, work.abort);
      if (outcome.outcome !== 'refused') work.onRequest();
      metrics.attempts.inc({ outcome: outcome.outcome });
      if (outcome.outcome === 'ok') return { sent: 'stored' };
      failure = outcome;
      // Waiting for a slot is not the attempt's fault: no attempt counts longer than it may take.
      elapsedMs += waitMs + Math.min(clock.monotonic() - startedAt, retry.attemptMs);
      const move = nextMove(failure, { sessionOpen: this.#o.client.session === 'open' });
      if (move === 'isolate') return { sent: 'refused', messages: messagesOf(failure) };
      if (move === 'give-back') throw this.#giveBack(failure, work);
      work.onRetry(failure);
      if (move === 'try-again') made += 1;
      if (move === 'slow-down') {
        penalties += 1;
        await this.#slowDown(failure);
        if (penalties === mostPenalties) throw GiveBackError.atHead('slowed-down', 0, describeFailure(failure));
      }
    }
  }

  async #attempt(tags: PropertiesByTag, timeoutMs: number, abort: AbortSignal): Promise<CanaryOutcome<null>> {
    const { client, circuit, retry } = this.#o;
    // The client bounds a request by `attemptMs` itself, without its wait for a slot. Only what is left of the total is shorter.
    const call = (): Promise<CanaryOutcome<null>> =>
      timeoutMs < retry.attemptMs
        ? within(timeoutMs, abort, (signal) => client.storeProperties(tags, signal))
        : client.storeProperties(tags, abort);
    try {
      return await circuit.run(call, judge);
    } catch (error) {
      if (abort.aborted) throw GiveBackError.atHead('aborted', 0, 'told to give up');
      if (error instanceof CircuitOpenError) {
        throw GiveBackError.atHead('circuit-open', Math.min(error.retryInMs, longestHoldMs), error.message);
      }
      throw error;
    }
  }

  async #pause(ms: number, { stopping, abort }: RequestWork): Promise<void> {
    if (ms <= 0) return;
    try {
      await sleep(ms, AbortSignal.any([stopping, abort]));
    } catch {
      throw GiveBackError.atHead(
        abort.aborted ? 'aborted' : 'stopping',
        0,
        'stopped while waiting for the next attempt',
      );
    }
  }

  async #slowDown(failure: CanaryFailure): Promise<void> {
    const asked = failure.outcome === 'rateLimited' ? failure.retryAfterMs : null;
    const ms = asked ?? defaultPenaltyMs;
    this.#o.logger.warn({ ms }, 'HTTP 429 from Canary, holding all pods back');
    await this.#o.limiter.penalise(ms).catch((error: unknown) => {
      // This pod holds itself back all the same, and without Redis nobody sends.
      this.#o.logger.warn({ err: error }, 'the other pods were not told to slow down');
    });
  }

  #giveBack(failure: CanaryFailure, { stopping }: RequestWork): GiveBackError {
    const detail = describeFailure(failure);
    return stopping.aborted
      ? GiveBackError.atHead('stopping', 0, detail)
      : GiveBackError.atHead('no-session', noSessionHoldMs, detail);
  }
}

const messagesOf = (failure: CanaryFailure): readonly string[] =>
  failure.outcome === 'errors' ? failure.messages : [describeFailure(failure)];

const askedDelayMs = (failure: CanaryFailure): number =>
  failure.outcome === 'serverFault' ? Math.min(failure.retryAfterMs ?? 0, longestServerDelayMs) : 0;

/** Like the client's own limit: what does not end in time has the outcome `timeout`. */
async function within(
  ms: number,
  abort: AbortSignal,
  call: (signal: AbortSignal) => Promise<CanaryOutcome<null>>,
): Promise<CanaryOutcome<null>> {
  try {
    return await withDeadline(ms, abort, call);
  } catch (error) {
    if (error instanceof DeadlineExceededError) return { outcome: 'timeout', afterMs: ms };
    throw error;
  }
}
