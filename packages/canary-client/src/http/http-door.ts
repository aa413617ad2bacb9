import { withDeadline, type Clock } from '@uns/service';
import type http from 'node:http';
import got, { type Got, type Request } from 'got';
import { clientClosed } from '../closed.ts';
import type { CanaryFailure, CanaryOutcome } from '../outcome.ts';
import { baseUrl } from './base-url.ts';
import { classifyAnswer, type HttpAnswer } from './classify.ts';
import type { Connection } from './connection.ts';
import { Connections } from './connections.ts';
import type { Envelope } from './envelope.ts';
import { classifyFault } from './fault.ts';
import { excerptWithout } from './redact.ts';

/** Leave to send one request. */
export interface Admission {
  /**
   * Asked as the last thing before the first byte leaves. False: too much time has passed since the slot was granted, and the request must
   * not be sent with it.
   */
  leave(): boolean;
  /** Called when an answer begins to come: the request has arrived. */
  answered(): void;
  /** Called when it is over, whatever became of it: answered, given up, or never sent. */
  ended(): void;
}

/**
 * Waits for the slot of one request. Every request of every kind awaits it first, so nothing escapes the rate cap.
 * A rejection means that the request is not sent.
 */
export type Admit = (signal: AbortSignal, o: { urgent: boolean }) => Promise<Admission | undefined>;

export type ServiceName = 'saf' | 'views';

/** One HTTP request that ended, for metrics. Holds no request or answer text. */
export interface CallReport {
  readonly service: ServiceName;
  /** The path after the base URL, e.g. `/storeData`. */
  readonly path: string;
  readonly outcome: CanaryOutcome<unknown>['outcome'] | 'aborted';
  /** From the slot to the end of the answer, in ms. */
  readonly ms: number;
  /** Spent waiting for the slot, in ms. */
  readonly admissionMs: number;
}

export interface HttpDoorOptions {
  readonly service: ServiceName;
  readonly baseUrl: string;
  /** Plain HTTP is for a simulator on the same machine. */
  readonly allowHttp: boolean;
  /** PEM certificates that replace the system's roots. */
  readonly ca?: string | readonly string[] | undefined;
  readonly maxSockets: number;
  readonly attemptTimeoutMs: number;
  readonly maxResponseBytes: number;
  readonly admit: Admit;
  readonly onCall: (report: CallReport) => void;
  readonly clock: Clock;
}

export interface Post {
  readonly path: string;
  /** Called once the slot is granted: what takes long to serialise is serialised before. */
  readonly body: () => string;
  /** Goes before requests that wait for a slot already. */
  readonly urgent?: boolean;
  /** Texts that must not come back in an outcome. */
  readonly secrets: readonly string[];
}

const noAdmission: Admission = { leave: () => true, answered: () => undefined, ended: () => undefined };

/** So often a request may find that its connection was closed, or its slot has grown old, while it waited for the other. */
const mostStarts = 5;

/** An answer was larger than allowed; the rest of it was not read. */
class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

/** What a request travels on. */
interface Way {
  readonly connection: Connection;
  readonly admission: Admission;
}

/** Nothing was sent: the slot was too old by then. */
class SlotTooOldError extends Error {
  override readonly name = 'SlotTooOldError';
}

/**
 * The one place where requests leave and answers are read, for one of Canary's two services. Never retries: each
 * attempt is the caller's decision and passes the limiter.
 */
export class HttpDoor {
  readonly #options: HttpDoorOptions;
  readonly #baseUrl: string;
  readonly #connections: Connections;
  readonly #got: Got;
  readonly #lifetime = new AbortController();

  /** @throws ClientOptionsError for an unusable base URL. */
  constructor(options: HttpDoorOptions) {
    this.#options = options;
    this.#baseUrl = baseUrl(options.baseUrl, options.allowHttp);
    this.#connections = new Connections({
      url: new URL(this.#baseUrl),
      ca: options.ca,
      max: options.maxSockets,
      openTimeoutMs: options.attemptTimeoutMs,
    });
    this.#got = got.extend({
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'uns-metadata-sync' },
      retry: { limit: 0 },
      throwHttpErrors: false,
      followRedirect: false,
      // The size cap counts what arrives; an inflated answer would escape it.
      decompress: false,
    });
  }

  /**
   * Waits for a connection, then for a slot, sends, and says what came of it.
   *
   * @throws the signal's reason when it is aborted. The request may have reached Canary all the same.
   */
  async post(call: Post, signal: AbortSignal): Promise<CanaryOutcome<Envelope>> {
    for (let start = 1; start <= mostStarts; start += 1) {
      const asked = this.#options.clock.monotonic();
      const connection = await this.#connect(call, asked, signal);
      if ('outcome' in connection) return connection;
      try {
        const outcome = await this.#postOn(connection, call, asked, signal);
        if (outcome !== null) return outcome;
      } finally {
        this.#connections.giveBack(connection);
      }
    }
    const detail = `${mostStarts} times in a row the connection was closed, or the slot too old, before the request could leave`;
    return { outcome: 'refused', reason: 'notAdmitted', detail };
  }

  /** Refuses all further requests and ends the connections. Requests under way end as `connection`. */
  close(): void {
    this.#lifetime.abort();
    this.#connections.close();
  }

  async #connect(call: Post, asked: number, signal: AbortSignal): Promise<Connection | CanaryFailure> {
    const { clock, onCall, service } = this.#options;
    signal.throwIfAborted();
    if (this.#lifetime.signal.aborted) return clientClosed;
    try {
      return await this.#connections.take(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (this.#lifetime.signal.aborted) return clientClosed;
      const failure = classifyFault(error);
      onCall({ service, path: call.path, outcome: failure.outcome, ms: clock.monotonic() - asked, admissionMs: 0 });
      return failure;
    }
  }

  /** Null when nothing was sent and another start may do better. */
  async #postOn(
    connection: Connection,
    call: Post,
    asked: number,
    signal: AbortSignal,
  ): Promise<CanaryOutcome<Envelope> | null> {
    const { clock, onCall, service } = this.#options;
    const admitted = await this.#admit(call, signal);
    if ('outcome' in admitted) return admitted;
    const granted = clock.monotonic();
    const report = (outcome: CallReport['outcome']): void =>
      onCall({ service, path: call.path, outcome, ms: clock.monotonic() - granted, admissionMs: granted - asked });
    try {
      if (!connection.usable) return null;
      const outcome = await this.#attempt(call, { connection, admission: admitted }, signal);
      if (outcome !== null) report(outcome.outcome);
      return outcome;
    } catch (error) {
      report('aborted');
      throw error;
    } finally {
      admitted.ended();
    }
  }

  async #admit(call: Post, signal: AbortSignal): Promise<CanaryFailure | Admission> {
    signal.throwIfAborted();
    let admission: Admission | undefined;
    try {
      admission = await this.#options.admit(signal, { urgent: call.urgent ?? false });
    } catch (error) {
      signal.throwIfAborted();
      const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'no slot';
      return { outcome: 'refused', reason: 'notAdmitted', detail };
    }
    if (!signal.aborted && !this.#lifetime.signal.aborted) return admission ?? noAdmission;
    // A slot granted to a caller who gave up meanwhile must not become a request.
    admission?.ended();
    signal.throwIfAborted();
    return clientClosed;
  }

  async #attempt(call: Post, way: Way, signal: AbortSignal): Promise<CanaryOutcome<Envelope> | null> {
    const { attemptTimeoutMs, clock } = this.#options;
    try {
      const answer = await withDeadline(attemptTimeoutMs, signal, (inner) => this.#exchange(call, way, inner));
      return classifyAnswer(answer, excerptWithout(call.secrets), clock.now());
    } catch (error) {
      way.connection.destroy();
      signal.throwIfAborted();
      if (error instanceof SlotTooOldError) return null;
      if (error instanceof AnswerTooLargeError) return { outcome: 'malformed', detail: error.message };
      return classifyFault(error);
    }
  }

  async #exchange(call: Post, { connection, admission }: Way, signal: AbortSignal): Promise<HttpAnswer> {
    const { maxResponseBytes } = this.#options;
    const body = Buffer.from(call.body());
    // With the `body` option got 16 destroys a kept-alive socket whose answer comes before the write has called back.
    const headers = { 'content-length': String(body.length) };
    const agent = connection.agents;
    const stream = this.#got.stream.post(`${this.#baseUrl}${call.path}`, { headers, signal, agent });
    let tooOld = false;
    stream.once('request', (request: http.ClientRequest) => {
      // The request, its body included, is written in one go right after this event, in the same turn of the event loop.
      request.once('socket', () => {
        tooOld = !admission.leave();
        if (tooOld) request.destroy();
      });
      // Sooner than the stream says so: until then nobody else has the slot.
      request.once('response', () => admission.answered());
    });
    stream.end(body);
    try {
      return await readAnswer(stream, maxResponseBytes);
    } catch (error) {
      if (tooOld) throw new SlotTooOldError('the slot was too old', { cause: error });
      throw error;
    }
  }
}

async function readAnswer(stream: Request, maxResponseBytes: number): Promise<HttpAnswer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // Leaving the loop destroys the stream and its connection.
    if (bytes > maxResponseBytes) throw new AnswerTooLargeError(`answer larger than ${maxResponseBytes} bytes`);
    chunks.push(chunk);
  }
  const { response } = stream;
  if (response === undefined) throw new Error('the answer ended before it began');
  return {
    status: response.statusCode,
    retryAfter: response.headers['retry-after'],
    body: Buffer.concat(chunks, bytes).toString('utf8'),
  };
}
