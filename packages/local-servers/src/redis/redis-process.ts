import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalServerError } from '../local-server-error.ts';
import { ChildServer } from '../process/child-server.ts';
import { freePort } from '../process/free-port.ts';
import { endLeftoverRedis, rememberRedis } from './leftover-redis.ts';
import type { LocalRedis, RedisOptions, RedisOrigin } from './local-redis.ts';
import { answersPing } from './ping.ts';

const startDeadlineMs = 30_000;
const stopGraceMs = 10_000;

/** A `redis-server` or `valkey-server` process of our own on 127.0.0.1. */
export class RedisProcess implements LocalRedis {
  readonly how: RedisOrigin;
  readonly port: number;
  readonly #binary: string;
  readonly #options: RedisOptions;
  #child: ChildServer;

  private constructor(binary: string, how: RedisOrigin, options: RedisOptions, started: Started) {
    this.how = how;
    this.port = started.port;
    this.#binary = binary;
    this.#options = options;
    this.#child = started.child;
  }

  /** @throws LocalServerError when the server does not start. */
  static async start(binary: string, how: RedisOrigin, given: RedisOptions): Promise<RedisProcess> {
    const options = { ...given, dataDir: resolve(given.dataDir) };
    await endLeftoverRedis(options.dataDir);
    if (options.keepData !== true) await rm(options.dataDir, { recursive: true, force: true });
    await mkdir(options.dataDir, { recursive: true });
    return new RedisProcess(binary, how, options, await startServer(binary, options));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Changes with every restart. */
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
    const { dataDir } = this.#options;
    await this.#child.end('SIGTERM', stopGraceMs);
    if (!keepData) {
      await rm(dataDir, { recursive: true, force: true });
      await mkdir(dataDir);
    }
    this.#child = (await startServer(this.#binary, { ...this.#options, port: this.port })).child;
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
  const deadline = performance.now() + startDeadlineMs;
  for (;;) {
    const port = options.port ?? (await freePort());
    const child = await ChildServer.start({
      command: binary,
      args: serverArguments(options, port),
      cwd: options.dataDir,
      onLog: options.onLog,
    });
    if (await becomesReady(child, port, deadline)) {
      await rememberRedis(options.dataDir, { pid: child.pid, port });
      return { child, port };
    }
    await child.end('SIGKILL', 0);
    if (!child.lastLines.includes('Address already in use') || performance.now() > deadline) {
      throw new LocalServerError(`${binary} did not start in ${options.dataDir}:\n${child.lastLines}`);
    }
    await delay(50);
  }
}

/** Options are given one by one, so that no configuration file of the machine has a say. */
function serverArguments(options: RedisOptions, port: number): string[] {
  const settings: Record<string, string> = {
    port: String(port),
    bind: '127.0.0.1',
    dir: options.dataDir,
    save: '',
    appendonly: options.appendOnly === true ? 'yes' : 'no',
    'maxmemory-policy': 'noeviction',
    databases: String(options.databases ?? 16),
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

async function becomesReady(child: ChildServer, port: number, deadline: number): Promise<boolean> {
  while (child.running && performance.now() < deadline) {
    if (await answersPing(port)) return child.running;
    await delay(10);
  }
  return false;
}
