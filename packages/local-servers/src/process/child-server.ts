import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { tieToThisProcess } from './lifeline.ts';

export interface ChildServerOptions {
  command: string;
  args: string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  onLog?: ((line: string) => void) | undefined;
  /** Sent to the server when this process is gone, whatever ended it. */
  orphanSignal: NodeJS.Signals;
}

const keptLines = 30;
const lastWordsWithinMs = 1000;

/**
 * A server process of ours, which ends when we do and does not keep us from ending; its last lines kept for error
 * messages.
 */
export class ChildServer {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #closed: Promise<void>;
  #lines: string[] = [];
  #running = true;

  private constructor(child: ChildProcess, pid: number, { onLog, orphanSignal }: ChildServerOptions) {
    this.pid = pid;
    const release = tieToThisProcess(pid, orphanSignal);
    child.unref();
    this.#child = child;
    const keep = (line: string): void => {
      this.#lines = [...this.#lines.slice(1 - keptLines), line];
      onLog?.(line);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', keep);
      if (stream instanceof Socket) stream.unref();
    }
    child.on('error', (error) => keep(error.message));
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => {
        this.#running = false;
        release();
        resolve();
      });
    });
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
  }

  /** @throws when the command cannot be executed. */
  static async start(options: ChildServerOptions): Promise<ChildServer> {
    const { command, args, onLog: _, orphanSignal: __, ...spawnOptions } = options;
    const child = spawn(command, args, {
      ...spawnOptions,
      // Its own process group: Ctrl-C in a terminal reaches us alone, and we stop servers after those who use them.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid !== undefined) return new ChildServer(child, pid, options);
    throw await new Promise<Error>((resolve) => child.once('error', resolve));
  }

  get running(): boolean {
    return this.#running;
  }

  /** Sends `signal`, and resolves when the process is gone; one still there after `graceMs` is killed. */
  async end(signal: NodeJS.Signals, graceMs: number): Promise<void> {
    if (!this.#running) return;
    this.#child.ref();
    this.#child.kill(signal);
    const patience = new AbortController();
    const overdue = delay(graceMs, 'overdue', { signal: patience.signal }).catch(() => undefined);
    if ((await Promise.race([this.#ended, overdue])) === 'overdue') this.#child.kill('SIGKILL');
    await this.#ended;
    patience.abort();
  }

  /** What the process wrote last. Once it is gone, waits for the rest to arrive. */
  async lastWords(): Promise<string> {
    // Children of a killed server may hold the pipe open.
    if (!this.#running) await Promise.race([this.#closed, delay(lastWordsWithinMs)]);
    return this.#lines.join('\n');
  }
}
