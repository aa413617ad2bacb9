import type { IncomingMessage, ServerResponse } from 'node:http';
import { sleep } from '@uns/service';
import { apiPaths } from '../canary/api-paths.ts';
import { noFacts, type CallFacts } from '../canary/call-facts.ts';
import type { Decision } from '../faults/fault-plan.ts';
import { endingUnder, isCarriedOut, page, saidErrors, tooManyRequests, type Ending } from './ending.ts';
import type { Receiver } from './receiver.ts';
import { readBody } from './request-body.ts';
import type { LoggedRequest } from './request-log.ts';

/** One request on its way through the endpoint. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  /** Whether it came over HTTPS. */
  readonly secure: boolean;
  readonly arrivalMicros: number;
  /** Number in the log. */
  readonly number: number;
  facts: CallFacts;
  bytes: number | null;
}

/** Answers calls of both services as the network sees them: arrival, cap, faults, then what Canary says. */
export class ApiEndpoint {
  readonly #receiver: Receiver;
  readonly #maxBodyBytes: number;
  readonly #stopped: AbortSignal;
  readonly #inHand = new Set<Promise<void>>();
  readonly #reading = new Set<IncomingMessage>();

  /** @param o.stopped aborted to end delays at once */
  constructor(o: { receiver: Receiver; maxBodyBytes: number; stopped: AbortSignal }) {
    this.#receiver = o.receiver;
    this.#maxBodyBytes = o.maxBodyBytes;
    this.#stopped = o.stopped;
  }

  /** Takes a request whose head has just been read. The arrival is noted first: nothing that costs time may come before. */
  accept(request: IncomingMessage, response: ServerResponse, o: { path: string; secure: boolean }): void {
    const { window, traffic, log, requestsPerSecond } = this.#receiver;
    const arrivalMicros = this.#receiver.micros();
    if (this.#receiver.isDown) {
      request.socket.destroy();
      return;
    }
    const inWindow = window.arrive(arrivalMicros);
    traffic.arrived();
    const overCap = inWindow > requestsPerSecond;
    const decision = this.#receiver.decide(o.path, overCap);
    const number = log.add({
      ...noFacts,
      arrivalMicros,
      path: o.path,
      end: 'pending',
      status: null,
      statusCode: null,
      bytes: null,
      faults: decision.kinds,
      durationMicros: null,
    });
    const exchange: Exchange = { ...o, request, response, arrivalMicros, number, facts: noFacts, bytes: null };
    if (overCap) {
      const freeInMicros = window.freeIn(requestsPerSecond, arrivalMicros);
      this.#end(exchange, tooManyRequests(Math.max(1, Math.ceil(freeInMicros / 1_000_000))));
    } else if (decision.ending?.kind === 'reset') {
      this.#end(exchange, { end: 'reset' });
    } else {
      const handled = this.#handle(exchange, decision).catch((error: unknown) => this.#fail(exchange, error));
      this.#inHand.add(handled);
      void handled.finally(() => this.#inHand.delete(handled));
    }
  }

  /** After `stopped`: cuts off requests that are still being sent, and resolves when no call is in hand any more. */
  async idle(): Promise<void> {
    for (const request of this.#reading) request.destroy();
    await Promise.all(this.#inHand);
  }

  async #handle(exchange: Exchange, decision: Decision): Promise<void> {
    this.#reading.add(exchange.request);
    const body = await readBody(exchange.request, this.#maxBodyBytes);
    this.#reading.delete(exchange.request);
    if (body.outcome === 'abandoned') return this.#settle(exchange, { end: 'abandoned' });
    if (body.outcome === 'tooLarge') return this.#end(exchange, page(413, { connection: 'close' }));
    exchange.bytes = body.bytes.byteLength;
    const refusal = refusedByForm(exchange);
    if (refusal !== undefined) return this.#end(exchange, refusal);
    if (decision.delayBeforeMs > 0) await sleep(decision.delayBeforeMs, this.#stopped);
    const { ending: fault } = decision;
    const answer = await this.#receiver.thread.call({
      path: exchange.path,
      body: body.bytes,
      bearer: bearerOf(exchange.request),
      secure: exchange.secure,
      now: this.#receiver.now(),
      poison: decision.poison,
      badSession: fault?.kind === 'badSessionToken' ? (fault.endsSession ? 'end' : 'answer') : undefined,
      inspectOnly: !isCarriedOut(fault),
    });
    exchange.facts = answer.facts;
    if (decision.delayAfterMs > 0) await sleep(decision.delayAfterMs, this.#stopped);
    this.#end(exchange, endingUnder(fault, answer));
  }

  #end(exchange: Exchange, ending: Ending): void {
    const { response, request } = exchange;
    if (ending.end === 'reset') {
      resetConnection(request);
    } else if (ending.end === 'answered') {
      // The client may have left meanwhile; what was stored stays stored.
      if (response.destroyed) return this.#settle(exchange, { end: 'abandoned' });
      response.writeHead(ending.status, { ...ending.headers, 'content-length': Buffer.byteLength(ending.text) });
      response.end(ending.text);
    }
    this.#settle(exchange, ending);
  }

  #settle(exchange: Exchange, ending: Ending | { readonly end: 'abandoned' }): void {
    const { path, number, facts, bytes, arrivalMicros } = exchange;
    const { status, statusCode } = ending.end === 'answered' ? ending : { status: null, statusCode: null };
    const sent: Pick<LoggedRequest, 'end' | 'status' | 'statusCode'> = { end: ending.end, status, statusCode };
    const durationMicros = this.#receiver.micros() - arrivalMicros;
    this.#receiver.log.update(number, { ...facts, ...sent, bytes, durationMicros });
    this.#receiver.traffic.ended({ ...sent, path, bytes, tags: facts.tags });
  }

  /** A stop ends what waits; anything else is a defect of the simulator, which shows as one. */
  #fail(exchange: Exchange, error: unknown): void {
    if (this.#stopped.aborted) return this.#end(exchange, { end: 'reset' });
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    this.#end(exchange, page(500));
  }
}

/** What is refused for its form alone: where it goes, how, and in which encoding. */
function refusedByForm({ request, path, bytes }: Exchange): Ending | undefined {
  if (!apiPaths.includes(path)) return page(404);
  if (request.method !== 'POST') return page(405, { allow: 'POST' });
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (bytes !== 0 && !/^application\/json\s*(;|$)/i.test(type))
    return saidErrors('the Content-Type must be application/json');
  return encoding === 'identity' ? undefined : saidErrors(`the Content-Encoding ${encoding} is not supported`);
}

const bearerOf = (request: IncomingMessage): string | undefined =>
  /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];

/** A plain connection is reset; one under TLS can only be cut off, which its client sees as the same error. */
function resetConnection({ socket }: IncomingMessage): void {
  if ('encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}
