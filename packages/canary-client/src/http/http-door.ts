import { withDeadline, type Clock } from '@uns/service';
import got, { type Got } from 'got';
import http from 'node:http';
import https from 'node:https';
import { clientClosed } from '../closed.ts';
import type { CanaryFailure, CanaryOutcome } from '../outcome.ts';
import { baseUrl } from './base-url.ts';
import { classifyAnswer, type HttpAnswer } from './classify.ts';
import type { Envelope } from './envelope.ts';
import { classifyFault } from './fault.ts';
import { excerptWithout } from './redact.ts';

/** Leave to send one request. */
export interface Admission {
  /** Called once the last byte of the request was handed to the network, or when it will not be. */
  sent(): void;
  /** Called when an answer begins to come: the request has arrived. */
  answered(): void;
}

/**
 * Waits for the slot of one request. Every request of every kind awaits it first, so nothing escapes the rate cap.
 * A rejection means that the request is not sent.
 */
export type Admit = (signal: AbortSignal) => Promise<Admission | undefined>;

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
  /** Texts that must not come back in an outcome. */
  readonly secrets: readonly string[];
}

const noAdmission: Admission = { sent: () => undefined, answered: () => undefined };

/** An answer was larger than allowed; the rest of it was not read. */
class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

/**
 * The one place where requests leave and answers are read, for one of Canary's two services. Never retries: each
 * attempt is the caller's decision and passes the limiter.
 */
export class HttpDoor {
  readonly #options: HttpDoorOptions;
  readonly #baseUrl: string;
  readonly #agents: { readonly http: http.Agent; readonly https: https.Agent };
  readonly #got: Got;
  readonly #lifetime = new AbortController();

  /** @throws ClientOptionsError for an unusable base URL. */
  constructor(options: HttpDoorOptions) {
    this.#options = options;
    this.#baseUrl = baseUrl(options.baseUrl, options.allowHttp);
    const pool = { keepAlive: true, maxSockets: options.maxSockets, maxFreeSockets: options.maxSockets };
    this.#agents = { http: new http.Agent(pool), https: new https.Agent(pool) };
    const { ca } = options;
    this.#got = got.extend({
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'uns-metadata-sync' },
      agent: this.#agents,
      retry: { limit: 0 },
      throwHttpErrors: false,
      followRedirect: false,
      // The size cap counts what arrives; an inflated answer would escape it.
      decompress: false,
      https: {
        minVersion: 'TLSv1.2',
        ...(ca === undefined ? {} : { certificateAuthority: typeof ca === 'string' ? ca : [...ca] }),
      },
    });
  }

  /**
   * Waits for a slot, sends, and says what came of it.
   *
   * @throws the signal's reason when it is aborted. The request may have reached Canary all the same.
   */
  async post(call: Post, signal: AbortSignal): Promise<CanaryOutcome<Envelope>> {
    const { clock, onCall, service } = this.#options;
    const asked = clock.monotonic();
    const admitted = await this.#admit(signal);
    if ('outcome' in admitted) return admitted;
    const granted = clock.monotonic();
    const report = (outcome: CallReport['outcome']): void =>
      onCall({
        service,
        path: call.path,
        outcome,
        ms: clock.monotonic() - granted,
        admissionMs: granted - asked,
      });
    try {
      const outcome = await this.#attempt(call, admitted, signal);
      report(outcome.outcome);
      return outcome;
    } catch (error) {
      report('aborted');
      throw error;
    } finally {
      admitted.sent();
    }
  }

  /** Refuses all further requests and ends the connections. Requests under way end as `connection`. */
  close(): void {
    this.#lifetime.abort();
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  async #admit(signal: AbortSignal): Promise<CanaryFailure | Admission> {
    signal.throwIfAborted();
    if (this.#lifetime.signal.aborted) return clientClosed;
    let admission: Admission | undefined;
    try {
      admission = await this.#options.admit(signal);
    } catch (error) {
      signal.throwIfAborted();
      const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'no slot';
      return { outcome: 'refused', reason: 'notAdmitted', detail };
    }
    if (!signal.aborted && !this.#lifetime.signal.aborted) return admission ?? noAdmission;
    // A slot granted to a caller who gave up meanwhile must not become a request.
    admission?.sent();
    signal.throwIfAborted();
    return clientClosed;
  }

  async #attempt(call: Post, admission: Admission, signal: AbortSignal): Promise<CanaryOutcome<Envelope>> {
    const { attemptTimeoutMs, clock } = this.#options;
    try {
      const answer = await withDeadline(attemptTimeoutMs, signal, (inner) => this.#exchange(call, admission, inner));
      return classifyAnswer(answer, excerptWithout(call.secrets), clock.now());
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AnswerTooLargeError) return { outcome: 'malformed', detail: error.message };
      return classifyFault(error);
    }
  }

  async #exchange(call: Post, admission: Admission, signal: AbortSignal): Promise<HttpAnswer> {
    const { maxResponseBytes } = this.#options;
    const body = Buffer.from(call.body());
    // With the `body` option got 16 destroys a kept-alive socket whose answer comes before the write has called back, and the next
    // request pays a TLS handshake behind a slot that it was granted already.
    const headers = { 'content-length': String(body.length) };
    const stream = this.#got.stream.post(`${this.#baseUrl}${call.path}`, { headers, signal });
    stream.once('request', (request: http.ClientRequest) => {
      // A receiver that opens many connections at once is late to read what came with them: of those the answer alone tells.
      request.once('finish', () => (request.reusedSocket ? admission.sent() : undefined));
    });
    stream.once('response', () => admission.answered());
    stream.end(body);
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
}
