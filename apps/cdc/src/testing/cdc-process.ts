import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const dieAtModule = new URL('die-at.ts', import.meta.url).href;

/** cdc as a process of its own, as it is deployed, with its waits cut short. */
export class CdcProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<string>;
  readonly #adminUrl: Promise<string>;
  /** The last lines of its log. */
  readonly log: string[] = [];

  constructor(o: {
    postgresUrl: string;
    redisUrl: string;
    slot: string;
    dieAt?: string;
    env?: Record<string, string>;
  }) {
    const preload = o.dieAt === undefined ? [] : ['--import', dieAtModule];
    this.#child = spawn(process.execPath, [...preload, main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        POSTGRES_URL: o.postgresUrl,
        POSTGRES_TLS: 'off',
        REDIS_URL: o.redisUrl,
        CDC_SLOT: o.slot,
        ADMIN_HOST: '127.0.0.1',
        ADMIN_PORT: '0',
        CDC_DEBOUNCE_SECONDS: '0',
        CDC_MAX_WAIT_SECONDS: '0',
        CDC_POLL_MS: '20',
        CDC_HEARTBEAT_MS: '200',
        CDC_SWEEP_EVERY_MS: '200',
        CDC_SWEEP_AFTER_SECONDS: '1',
        CDC_RECEIPT_STALLED_AFTER_MS: '1000',
        SHUTDOWN_GRACE_MS: '3000',
        ...(o.dieAt === undefined ? {} : { UNS_DIE_AT: o.dieAt }),
        ...o.env,
      },
    });
    this.#exit = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve(String(signal ?? code))));
    const listening = Promise.withResolvers<string>();
    this.#adminUrl = listening.promise;
    this.#adminUrl.catch(() => undefined);
    void this.#exit.then((how) => listening.reject(new Error(`cdc ended (${how}): ${this.log.join('\n')}`)));
    if (this.#child.stdout === null) throw new Error('no output');
    createInterface(this.#child.stdout).on('line', (line) => {
      if (this.log.push(line) > 50) this.log.shift();
      const { url } = JSON.parse(line) as { url?: string };
      if (url !== undefined) listening.resolve(url);
    });
  }

  /** The signal or status it ended with. */
  get exit(): Promise<string> {
    return this.#exit;
  }

  /** What `/readyz` says. */
  async ready(): Promise<{ ok: boolean; checks: Record<string, { ok: boolean; detail: string }> }> {
    const response = await fetch(`${await this.#adminUrl}/readyz`);
    return (await response.json()) as Awaited<ReturnType<CdcProcess['ready']>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }
}
