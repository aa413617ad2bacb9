import { SimulatorControl } from '@uns/canary-simulator';
import { sleep } from '@uns/service';
import type { LocalStack } from '../../stack/local-stack.ts';
import { readParity } from '../parity/read-parity.ts';
import { BirthCounter } from './birth-counter.ts';
import type { Figures, MeasuredParity } from './figures.ts';
import { canaryFigures } from './read-canary.ts';
import { readStore } from './read-store.ts';
import { SlidingRate } from './sliding-rate.ts';
import { DemoFailure, messageOf } from './wait-until.ts';

export interface MonitorOptions {
  stack: LocalStack;
  onFigures: (figures: Figures) => void;
  onError: (error: unknown) => void;
}

const everyMs = 250;
/** Parity reads all of both sides: not more often than this. */
const parityEveryMs = 400;

/** Reads the figures of the demo from the servers, again and again. */
export class Monitor {
  readonly canary: SimulatorControl;
  readonly #o: MonitorOptions;
  readonly #stopping = new AbortController();
  readonly #births = new BirthCounter();
  readonly #rate = new SlidingRate();
  readonly #running: Promise<void>;
  #parity: { of: string; atMs: number; measured: Omit<MeasuredParity, 'current'> } | null = null;
  #waiting: PromiseWithResolvers<Figures>[] = [];

  constructor(o: MonitorOptions) {
    this.#o = o;
    this.canary = new SimulatorControl(o.stack.simulator.controlUrl);
    this.#running = this.#run(this.#stopping.signal);
  }

  /** Figures of which every one is read after this call. Rejects when they cannot be read, or when the monitor stops. */
  next(): Promise<Figures> {
    const waiting = Promise.withResolvers<Figures>();
    if (this.#stopping.signal.aborted) waiting.reject(this.#stopping.signal.reason);
    else this.#waiting.push(waiting);
    return waiting.promise;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the monitor stops'));
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        const figures = await this.#read();
        for (const one of waiting) one.resolve(figures);
        this.#o.onFigures(figures);
      } catch (error) {
        const failure = new DemoFailure(`PostgreSQL or the Canary simulator cannot be read: ${messageOf(error)}`);
        for (const one of waiting) one.reject(failure);
        if (!signal.aborted) this.#o.onError(failure);
      }
      await sleep(this.#waiting.length > 0 ? everyMs / 5 : everyMs, signal).catch(() => undefined);
    }
    for (const one of this.#waiting) one.reject(signal.reason);
  }

  async #read(): Promise<Figures> {
    const { sql } = this.#o.stack;
    const [store, stats] = await Promise.all([readStore(sql), this.canary.stats(), this.#readBirths()]);
    const nowMs = performance.now();
    const canary = canaryFigures(stats, this.#rate.add(nowMs, stats.requestsTotal));
    // Whatever changes one side or the other moves one of these.
    const state = [store.metrics, store.properties, store.versions, canary.propertyWrites].join();
    if (this.#parity?.of !== state && nowMs - (this.#parity?.atMs ?? -Infinity) >= parityEveryMs) {
      this.#parity = { of: state, atMs: nowMs, measured: await readParity({ sql, canary: this.canary }) };
    }
    const parity = this.#parity === null ? null : { ...this.#parity.measured, current: this.#parity.of === state };
    return { births: this.#births.total, store, canary, parity };
  }

  /** An ingest that is being restarted is not asked; what it has counted is known. */
  async #readBirths(): Promise<void> {
    for (const { pid, adminUrl } of this.#o.stack.endpoints.apps.ingest) {
      const text = await metricsOf(adminUrl);
      if (text !== null) this.#births.read(pid, text);
    }
  }
}

async function metricsOf(adminUrl: string): Promise<string | null> {
  try {
    const response = await fetch(new URL('/metrics', adminUrl), { signal: AbortSignal.timeout(2000) });
    return response.ok ? await response.text() : null;
  } catch {
    // Stopping, or gone: the next reading tells.
    return null;
  }
}
