import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };
type AppName = 'ingest' | 'cdc' | 'canary-writer';

const keptLines = 2000;
/** Longer than an app takes at most: 20 s for the work in hand, 5 s to release what others hold for it. */
const stopGraceMs = 30_000;

/** An app, run as its container would run it. It ends when this process does. */
export class AppProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #lines: LogLine[] = [];
  readonly #waiting = new Set<() => void>();
  #ended = false;

  private constructor(child: ChildProcess, pid: number) {
    this.#child = child;
    this.pid = pid;
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => {
        this.#ended = true;
        process.removeListener('exit', end);
        this.#wake();
        resolve();
      });
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (text) => this.#keep(text));
    }
  }

  /** Resolves when the app says that it has started; the signal ends it. @throws with its last lines when it ends instead. */
  static async start(app: AppName, env: Record<string, string>, signal?: AbortSignal): Promise<AppProcess> {
    const main = new URL(`../../../../apps/${app}/src/main.ts`, import.meta.url);
    const child = spawn(process.execPath, [fileURLToPath(main)], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      cwd: fileURLToPath(new URL('.', main)),
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own process group: Ctrl-C reaches us alone, and we say when the app ends.
      detached: true,
      ...(signal === undefined ? {} : { signal }),
    });
    // What cannot be started has no pid, and what is aborted ends: both are seen without this event, which must have a listener.
    child.on('error', () => undefined);
    if (child.pid === undefined) throw new Error(`${app} cannot be started`);
    const started = new AppProcess(child, child.pid);
    await started.line('started', 30_000);
    return started;
  }

  /** Lines of log with this message, the oldest first, of those kept. */
  lines(msg: string): LogLine[] {
    return this.#lines.filter((line) => line.msg === msg);
  }

  /** Forgets the lines so far. */
  forget(): void {
    this.#lines.length = 0;
  }

  /** The first line with this message; waits for it. @throws when it has not come in time, or the app has ended. */
  async line(msg: string, timeoutMs: number): Promise<LogLine> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const [found] = this.lines(msg);
      if (found !== undefined) return found;
      const leftMs = deadline - performance.now();
      if (this.#ended || leftMs <= 0) {
        const last = this.#lines.slice(-5).map((line) => JSON.stringify(line));
        throw new Error(`no line "${msg}" within ${timeoutMs} ms; the last ones:\n${last.join('\n')}`);
      }
      await this.#news(leftMs);
    }
  }

  /** Prometheus text of the admin port. */
  async prometheus(): Promise<string> {
    const { url } = await this.line('admin server listens', 10_000);
    const response = await fetch(new URL('/metrics', String(url)), { signal: AbortSignal.timeout(10_000) });
    return response.text();
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), stopGraceMs);
    await this.#exited;
    clearTimeout(force);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #keep(text: string): void {
    this.#lines.push(readLine(text));
    if (this.#lines.length > keptLines) this.#lines.shift();
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  async #news(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }
}

function readLine(text: string): LogLine {
  if (!text.startsWith('{')) return { msg: text };
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { msg: text };
  }
}
