import type { CallReport, DatasetIndexEvent, SessionState } from '@uns/canary-client';
import { Counter, Gauge, Histogram, type Registry } from '@uns/service';
import type { TagOutcome } from '@uns/uns';
import { giveBackReasons, type GiveBackReason } from './give-back.ts';

const sessionStates = [
  'closed',
  'opening',
  'open',
  'refreshing',
  'backingOff',
  'abandoning',
  'closing',
  'ended',
] as const satisfies SessionState['state'][];

const outcomes = [
  'ok',
  'errors',
  'rejected',
  'badSession',
  'sessionRefused',
  'unauthorised',
  'unlicensed',
  'rateLimited',
  'serverFault',
  'timeout',
  'connection',
  'malformed',
  'refused',
] as const satisfies CallReport['outcome'][];

/** The calls that a writer makes all the time. */
const watchedCalls = [
  ['saf', '/storeData'],
  ['saf', '/getSessionToken'],
  ['views', '/browseTags'],
] as const;

/** What canary-writer tells Prometheus about its own work; queue, limiter and circuit have theirs. */
export class WriterMetrics {
  readonly attempts: Counter<'outcome'>;
  readonly isolations: Counter;
  readonly givenBack: Counter<'why'>;
  readonly receipts: Counter<'result'>;
  readonly requestsPerDelivery: Histogram;
  readonly #tags: Counter<'outcome' | 'reason'>;
  readonly #properties: Counter;
  readonly #requests: Counter<'service' | 'path' | 'outcome'>;
  readonly #requestSeconds: Histogram<'service' | 'path'>;
  readonly #session: Gauge<'state'>;
  readonly #indexTags: Gauge<'series'>;
  readonly #indexBytes: Gauge<'series'>;
  readonly #indexConflicts: Gauge<'series'>;
  readonly #indexReads: Counter<'series' | 'result'>;

  constructor(registry: Registry, { testMode }: { testMode: boolean }) {
    const registers = [registry];
    this.attempts = new Counter({
      name: 'uns_writer_attempts_total',
      help: 'Attempts to write properties, by outcome',
      labelNames: ['outcome'],
      registers,
    });
    this.isolations = new Counter({
      name: 'uns_writer_isolations_total',
      help: 'Requests that Canary refused and that were sent again in parts to find the tags it refuses',
      registers,
    });
    this.givenBack = new Counter({
      name: 'uns_writer_given_back_total',
      help: 'Jobs given back to the queue without a result, by reason; no attempt is burned',
      labelNames: ['why'],
      registers,
    });
    this.receipts = new Counter({
      name: 'uns_writer_receipts_total',
      help: 'Receipts added to the queue, and additions that failed',
      labelNames: ['result'],
      registers,
    });
    this.requestsPerDelivery = new Histogram({
      name: 'uns_writer_requests_per_delivery',
      help: 'Write requests spent on one delivery',
      buckets: [0, 1, 2, 3, 5, 10, 20, 50, 100, 200],
      registers,
    });
    this.#tags = new Counter({
      name: 'uns_writer_tags_total',
      help: 'Tags of write jobs by outcome: delivered, deferred (tried again later), failed (dead letters)',
      labelNames: ['outcome', 'reason'],
      registers,
    });
    this.#properties = new Counter({
      name: 'uns_writer_properties_total',
      help: 'Properties Canary has acknowledged',
      registers,
    });
    this.#requests = new Counter({
      name: 'uns_canary_requests_total',
      help: 'HTTP requests to Canary by service, path and outcome',
      labelNames: ['service', 'path', 'outcome'],
      registers,
    });
    this.#requestSeconds = new Histogram({
      name: 'uns_canary_request_seconds',
      help: 'Time from the slot of a request to the end of its answer',
      labelNames: ['service', 'path'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#session = new Gauge({
      name: 'uns_canary_session_state',
      help: '1 for the state of the session with Canary, else 0',
      labelNames: ['state'],
      registers,
    });
    this.#indexTags = new Gauge({
      name: 'uns_canary_index_tags',
      help: 'Tags this pod knows the dataset of, by series of datasets',
      labelNames: ['series'],
      registers,
    });
    this.#indexBytes = new Gauge({
      name: 'uns_canary_index_bytes',
      help: 'Memory of what this pod knows of the datasets',
      labelNames: ['series'],
      registers,
    });
    this.#indexConflicts = new Gauge({
      name: 'uns_canary_index_conflicts',
      help: 'Tags that more than one dataset holds; the first of the series is written',
      labelNames: ['series'],
      registers,
    });
    this.#indexReads = new Counter({
      name: 'uns_canary_index_reads_total',
      help: 'Readings of the datasets: built, buildFailed, statusFailed',
      labelNames: ['series', 'result'],
      registers,
    });
    const test = new Gauge({
      name: 'uns_canary_test_mode',
      help: '1 while every write goes to the Test dataset',
      registers,
    });
    test.set(testMode ? 1 : 0);
    this.session('closed');
    this.#startAtZero();
  }

  /** An alert watches the increase of a counter, which the first value of a series is not. */
  #startAtZero(): void {
    for (const outcome of ['delivered', 'deferred', 'failed']) this.#tags.inc({ outcome, reason: '' }, 0);
    for (const outcome of outcomes) {
      this.attempts.inc({ outcome }, 0);
      for (const [service, path] of watchedCalls) this.#requests.inc({ service, path, outcome }, 0);
    }
    for (const why of giveBackReasons) this.givenBack.inc({ why }, 0);
    for (const result of ['added', 'failed']) this.receipts.inc({ result }, 0);
  }

  tag(outcome: TagOutcome): void {
    const reason = outcome.outcome === 'delivered' ? '' : outcome.reason;
    this.#tags.inc({ outcome: outcome.outcome, reason });
    if (outcome.outcome === 'delivered') this.#properties.inc(outcome.properties.length);
  }

  givesBack(why: GiveBackReason): void {
    this.givenBack.inc({ why });
  }

  call({ service, path, outcome, ms }: CallReport): void {
    this.#requests.inc({ service, path, outcome });
    this.#requestSeconds.observe({ service, path }, ms / 1000);
  }

  session(current: SessionState['state']): void {
    for (const state of sessionStates) this.#session.set({ state }, state === current ? 1 : 0);
  }

  index(event: DatasetIndexEvent): void {
    const { series } = event;
    this.#indexReads.inc({ series, result: event.event });
    if (event.event !== 'built') return;
    this.#indexTags.set({ series }, event.stats.tags);
    this.#indexBytes.set({ series }, event.stats.bytes);
    this.#indexConflicts.set({ series }, event.stats.conflicts);
  }
}
