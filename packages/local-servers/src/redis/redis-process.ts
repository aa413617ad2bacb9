import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalServerError } from '../local-server-error.ts';
import { ChildServer } from '../process/child-server.ts';
import { freePort } from '../process/free-port.ts';
import { endLeftoverRedis, rememberRedis } from './leftover-redis.ts';
import type { LocalRedis, RedisOptions, RedisOrigin } from './local-redis.ts';
import { answersPing } from './ping.ts';
import { serverArguments } from './server-settings.ts';
import { snapshotFile, takeSnapshot } from './snapshot.ts';

const startDeadlineMs = 30_000;
const stopGraceMs = 10_000;

/** A `redis-server` or `valkey-server` process of our own on 127.0.0.1. */
export class RedisProcess implements LocalRedis {
  readonly how: RedisOrigin;
  readonly url: string;
  readonly #port: number;
  readonly #binary: string;
  readonly #options: RedisOptions;
  #child: ChildServer;

  private constructor(binary: string, how: RedisOrigin, options: RedisOptions, started: Started) {
    this.how = how;
    this.url = `redis://127.0.0.1:${started.port}`;
    this.#port = started.port;
    this.#binary = binary;
    this.#options = options;
    this.#child = started.child;
  }

  /**
   * A server left running on `dataDir` by a process that was killed is ended first.
   *
   * @throws LocalServerError when the server does not start.
   */
  static async start(binary: string, how: RedisOrigin, given: RedisOptions): Promise<RedisProcess> {
    const options = { ...given, dataDir: resolve(given.dataDir) };
    await endLeftoverRedis(options.dataDir);
    if (options.keepData !== true) await rm(options.dataDir, { recursive: true, force: true });
    return new RedisProcess(binary, how, options, await startServer(binary, options));
  }

  get pid(): number {
    return this.#child.pid;
  }

  async stop(): Promise<void> {
    await this.#child.end('SIGTERM', stopGraceMs);
    if (this.#options.keepData !== true) await rm(this.#options.dataDir, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    await this.#child.end('SIGKILL', 0);
  }

  async restart({ keepData }: { keepData: boolean }): Promise<void> {
    const { dataDir, appendOnly } = this.#options;
    if (keepData && appendOnly !== true && this.#child.running) await takeSnapshot(this.url);
    await this.#child.end('SIGTERM', stopGraceMs);
    if (!keepData) await rm(dataDir, { recursive: true, force: true });
    this.#child = (await startServer(this.#binary, { ...this.#options, port: this.#port })).child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

interface Started {
  child: ChildServer;
  port: number;
}

async function startServer(binary: string, options: RedisOptions): Promise<Started> {
  const { dataDir, onLog } = options;
  const deadline = performance.now() + startDeadlineMs;
  await mkdir(dataDir, { recursive: true });
  for (;;) {
    const port = options.port ?? (await freePort());
    const args = serverArguments(options, { port, bind: '127.0.0.1', dir: dataDir });
    const child = await ChildServer.start({ command: binary, args, cwd: dataDir, onLog, orphanSignal: 'SIGTERM' });
    if (await becomesReady(child, port, deadline)) {
      await rm(join(dataDir, snapshotFile), { force: true });
      await rememberRedis(dataDir, { pid: child.pid, port });
      return { child, port };
    }
    await child.end('SIGKILL', 0);
    const said = await child.lastWords();
    if (!said.includes('Address already in use') || performance.now() > deadline) {
      throw new LocalServerError(`${binary} did not start in ${dataDir}:\n${said}`);
    }
    await delay(50);
  }
}

async function becomesReady(child: ChildServer, port: number, deadline: number): Promise<boolean> {
  while (child.running && performance.now() < deadline) {
    // Whoever else may have the port: ours ends when it cannot have it.
    if (await answersPing(port)) return child.running;
    await delay(10);
  }
  return false;
}
