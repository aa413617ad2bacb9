import { Worker } from 'node:worker_threads';
import type { ControlAnswer, ControlRequest } from '../control/historian-control.ts';
import type { StoredStats } from '../control/historian-stats.ts';
import type { ApiAnswer, ApiRequest, CanaryOptions } from './canary.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

interface Pending {
  resolve(message: FromWorker): void;
  reject(error: Error): void;
}

/** More calls than this wait for the thread only when it has stopped answering. */
const maxPending = 20_000;
const anotherAnswer = 'the historian thread gave the answer to another question';

/** The thread that holds the historians cannot answer. */
export class CanaryThreadError extends Error {
  override readonly name = 'CanaryThreadError';
}

/**
 * Runs `Canary` in a thread of its own. Parsing and storing a request of 100 tags takes 1 ms and a page of 25,000 tags 30 ms; on the
 * thread that accepts requests this would delay the arrival times of others, and with them the exactness of the rate cap.
 */
export class CanaryThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #failed = Promise.withResolvers<never>();
  #lastId = 0;
  #broken: Error | undefined;

  constructor(o: CanaryOptions) {
    // Whoever runs a simulator may watch this promise, and need not.
    this.#failed.promise.catch(() => undefined);
    this.#worker = new Worker(new URL('./canary-worker.ts', import.meta.url), { workerData: o });
    this.#worker.on('message', (message: FromWorker) => this.#settle(message));
    this.#worker.on('error', (error) =>
      this.#break(new CanaryThreadError('the historian thread failed', { cause: error })),
    );
    this.#worker.on('exit', () => this.#break(new CanaryThreadError('the historian thread has ended')));
  }

  /** Never resolves; rejects when the thread has ended, or cannot go on. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** @throws CanaryThreadError when the thread has ended or a defect made it fail, as do the others */
  async call(request: ApiRequest): Promise<ApiAnswer> {
    const message = await this.#ask((id) => ({ id, kind: 'call', request }));
    if (message.kind !== 'call') throw new CanaryThreadError(anotherAnswer);
    return message.answer;
  }

  async control(request: ControlRequest): Promise<ControlAnswer> {
    const message = await this.#ask((id) => ({ id, kind: 'control', request }));
    if (message.kind !== 'control') throw new CanaryThreadError(anotherAnswer);
    return message.answer;
  }

  /** @param now epoch ms */
  async stats(now: number): Promise<StoredStats> {
    const message = await this.#ask((id) => ({ id, kind: 'stats', now }));
    if (message.kind !== 'stats') throw new CanaryThreadError(anotherAnswer);
    return message.stats;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #ask(question: (id: number) => ToWorker): Promise<FromWorker> {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#pending.size >= maxPending) throw new CanaryThreadError('too many calls wait for the historian thread');
    this.#lastId += 1;
    const message = question(this.#lastId);
    const { promise, resolve, reject } = Promise.withResolvers<FromWorker>();
    this.#pending.set(message.id, { resolve, reject });
    this.#worker.postMessage(message, transferable(message));
    return promise;
  }

  #settle(message: FromWorker): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === 'failed') pending?.reject(new CanaryThreadError(message.reason));
    else pending?.resolve(message);
  }

  #break(error: Error): void {
    this.#broken ??= error;
    this.#failed.reject(this.#broken);
    for (const pending of this.#pending.values()) pending.reject(this.#broken);
    this.#pending.clear();
  }
}

/** Bodies change hands instead of being copied. */
const transferable = (message: ToWorker): ArrayBuffer[] =>
  'request' in message && 'body' in message.request ? [message.request.body.buffer] : [];
