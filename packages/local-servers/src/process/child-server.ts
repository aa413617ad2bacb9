import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

export interface ChildServerOptions {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv | undefined;
  uid?: number | undefined;
  gid?: number | undefined;
  cwd?: string | undefined;
  onLog?: ((line: string) => void) | undefined;
}

/** A server process of ours: its last lines kept for error messages, its end awaitable. */
export class ChildServer {
  readonly pid: number;
  /** Resolves when the process is gone, with words for how it ended. Never rejects. */
  readonly ended: Promise<string>;
  #lines: string[] = [];
  #outcome: string | undefined;

  private constructor(child: ChildProcess, pid: number, onLog: ((line: string) => void) | undefined) {
    this.pid = pid;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.#lines = [...this.#lines.slice(-29), line];
        onLog?.(line);
      });
    }
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#outcome = signal === null ? `exited with status ${code}` : `was ended by ${signal}`;
        resolve(this.#outcome);
      });
    });
  }

  /** @throws when the command cannot be executed. */
  static async start(options: ChildServerOptions): Promise<ChildServer> {
    const child = spawn(options.command, options.args, {
      // Its own process group: Ctrl-C in a terminal reaches us alone, and we stop servers after those who use them.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const { pid } = child;
    if (pid !== undefined) return new ChildServer(child, pid, options.onLog);
    throw await new Promise<Error>((resolve) => child.once('error', resolve));
  }

  get running(): boolean {
    return this.#outcome === undefined;
  }

  get lastLines(): string {
    return this.#lines.join('\n');
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) process.kill(this.pid, signal);
  }

  /** Sends `signal`; a process still there after `graceMs` is killed. */
  async end(signal: NodeJS.Signals, graceMs: number): Promise<void> {
    if (!this.running) return;
    this.signal(signal);
    const patience = new AbortController();
    const overdue = delay(graceMs, true, { signal: patience.signal }).catch(() => false);
    if ((await Promise.race([this.ended, overdue])) === true) this.signal('SIGKILL');
    await this.ended;
    patience.abort();
  }
}
