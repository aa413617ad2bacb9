import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { cappedBackoff } from '@uns/service';
import { endWithUs } from './end-with-us.ts';

export interface ManagedProcessOptions {
  name: string;
  /** The TypeScript file to run. */
  script: URL;
  env: Record<string, string>;
  onLine: (line: string) => void;
  /** Called with each new pid. */
  onStart: () => void;
}

export type ProcessEvent = { kind: 'died'; status: string; restartInMs: number };

/** A run that lasted this long was a success: the next restart does not have to wait, in ms. */
const settledMs = 10_000;
const stopGraceMs = 30_000;

/**
 * A Node.js process that is started again when it dies. It has its own process group, so that Ctrl-C in the terminal reaches only the
 * one that stops all of them in order.
 */
export class ManagedProcess {
  readonly name: string;
  readonly #o: ManagedProcessOptions;
  readonly #onEvent: (event: ProcessEvent) => void;
  #child: ChildProcess | null = null;
  #gone: Promise<void> = Promise.resolve();
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;
  #renewed: PromiseWithResolvers<void> | null = null;
  #quickDeaths = 0;

  constructor(o: ManagedProcessOptions, onEvent: (event: ProcessEvent) => void) {
    this.name = o.name;
    this.#o = o;
    this.#onEvent = onEvent;
  }

  /** Once. */
  start(): void {
    this.#start();
  }

  /** Null between a death and the restart. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Sends SIGTERM; SIGKILL when that has not worked after half a minute. Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    this.#renewed?.resolve();
    await this.#end();
  }

  /** Stops the process as `stop` does and starts it again. Resolves when the new one is started, or when `stop` came in between. */
  async restart(): Promise<void> {
    if (this.#stopping) return;
    if (this.#child === null) {
      clearTimeout(this.#restart);
      this.#start();
      return;
    }
    const renewed = (this.#renewed ??= Promise.withResolvers<void>());
    await this.#end();
    await renewed.promise;
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    child.kill('SIGTERM');
    // A process that is stopped (SIGSTOP) does not see SIGTERM.
    child.kill('SIGCONT');
    const force = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
    await this.#gone;
    clearTimeout(force);
  }

  #start(): void {
    const startedMs = performance.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gone = promise;
    const child = spawn(process.execPath, ['--enable-source-maps', this.#o.script.pathname], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.#o.env },
      // An empty folder would do; it must only not hold somebody's .env.
      cwd: new URL('.', this.#o.script).pathname,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    endWithUs(child);
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', this.#o.onLine);
    child.on('error', (error) => this.#o.onLine(error.message));
    child.once('close', (code, signal) => {
      this.#child = null;
      resolve();
      if (this.#stopping) return;
      if (this.#renewed !== null) {
        this.#start();
        this.#renewed.resolve();
        this.#renewed = null;
      } else this.#died(signal ?? `exit ${code}`, performance.now() - startedMs);
    });
    this.#o.onStart();
  }

  #died(status: string, aliveMs: number): void {
    this.#quickDeaths = aliveMs > settledMs ? 0 : this.#quickDeaths + 1;
    const restartInMs =
      this.#quickDeaths === 0
        ? 100
        : Math.round(cappedBackoff({ attempt: this.#quickDeaths - 1, baseMs: 200, capMs: 10_000 }));
    this.#onEvent({ kind: 'died', status, restartInMs });
    this.#restart = setTimeout(() => this.#start(), restartInMs);
  }
}
