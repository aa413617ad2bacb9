import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  resolveRedis,
  startBroker,
  startPostgres,
  type Broker,
  type LocalRedis,
  type PostgresServer,
} from '@uns/local-servers';
import { openStore } from '@uns/metadata-store';
import type { Sql } from 'postgres';
import { readLogLine } from '../processes/log-line.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import { appEnvironment, type AppSettings } from './app-environment.ts';
import { forgetDeliveries, prepareDatabase } from './databases.ts';
import { appNames, removeEndpoints, writeEndpoints, type AppName, type Endpoints } from './endpoints.ts';
import { lockFolder } from './folder-lock.ts';
import { endLeftovers } from './leftovers.ts';
import { startSimulatorProcess, type SimulatorProcess } from './simulator-process.ts';
import type { StackLog } from './stack-log.ts';
import type { StackOptions } from './stack-options.ts';
import { collectTags } from './tag-collector.ts';

const root = new URL('../../../../', import.meta.url);
const scriptOf = (app: AppName): URL => new URL(`apps/${app}/src/main.ts`, root);
const board = { user: 'operator', password: 'operator' };

interface App {
  name: AppName;
  index: number;
  process: ManagedProcess;
  adminUrl: string | null;
}

/** The servers and the apps, as processes on this machine, until stopped. */
export class LocalStack {
  readonly folder: string;
  readonly postgres: PostgresServer;
  readonly redis: LocalRedis;
  readonly simulator: SimulatorProcess;
  /** Null when the broker is somebody else's. */
  readonly broker: Broker | null;
  /** Superuser on the product's database. */
  readonly sql: Sql;
  readonly #log: StackLog;
  readonly #release: AsyncDisposableStack;
  readonly #urls: Omit<Endpoints, 'apps' | 'boardUrl' | 'pid'>;
  readonly #apps: App[] = [];
  #writing: Promise<void> = Promise.resolve();
  #stopping = false;

  private constructor(o: {
    folder: string;
    postgres: PostgresServer;
    redis: LocalRedis;
    simulator: SimulatorProcess;
    broker: Broker | null;
    sql: Sql;
    log: StackLog;
    release: AsyncDisposableStack;
    urls: Omit<Endpoints, 'apps' | 'boardUrl' | 'pid'>;
  }) {
    this.folder = o.folder;
    this.postgres = o.postgres;
    this.redis = o.redis;
    this.simulator = o.simulator;
    this.broker = o.broker;
    this.sql = o.sql;
    this.#log = o.log;
    this.#release = o.release;
    this.#urls = o.urls;
  }

  /** Starts everything, in the order in which one needs the other. Whatever was started is stopped again when a step fails. */
  static async start(o: {
    options: StackOptions;
    folder: string;
    rulesFile?: string;
    /** Settings of the apps besides the stack's own, or in place of them. */
    environment?: Partial<Record<AppName, Record<string, string>>>;
    log: StackLog;
    /** Whether every tag that the store knows is made in the simulator, the default. False for who has made them all before. */
    makesTags?: boolean;
    /** Never use the Redis of REDIS_URL: for who ends it or empties it. */
    ownRedis?: boolean;
    /** When aborted, no further step is begun. */
    signal?: AbortSignal;
  }): Promise<LocalStack> {
    const { options, folder, log } = o;
    const begin = (step: string): void => {
      o.signal?.throwIfAborted();
      log.step(step);
    };
    await using release = new AsyncDisposableStack();
    await mkdir(folder, { recursive: true });
    const unlock = await lockFolder(folder);
    release.defer(unlock);
    await endLeftovers(folder, log);
    if (!options.keep)
      await Promise.all(['postgres', 'redis'].map((name) => rm(join(folder, name), { recursive: true, force: true })));

    begin(`Starting PostgreSQL ${options.postgres}`);
    const postgres = await startPostgres({
      version: options.postgres,
      dataDir: join(folder, 'postgres', String(options.postgres)),
      keepData: options.keep,
      // As much memory, and WAL between checkpoints, as a server for a plant would have: its first birth writes 400 MB.
      settings: { log_min_messages: 'fatal', shared_buffers: '512MB', max_wal_size: '4GB' },
    });
    release.defer(() => postgres.stop('fast'));
    const database = await prepareDatabase(postgres.url);

    begin('Starting Redis');
    const redis = await resolveRedis({
      dataDir: join(folder, 'redis'),
      appendOnly: true,
      keepData: options.keep,
      own: o.ownRedis === true,
      onProgress: (text) => log.step(text),
    });
    release.defer(() => redis.stop());

    let broker: Broker | null = null;
    if (options.brokerUrl === null) {
      begin('Starting the MQTT broker');
      broker = release.use(await startBroker());
    }
    const mqttUrl = options.brokerUrl ?? broker?.url ?? '';

    begin('Starting the Canary simulator');
    const simulator = await startSimulatorProcess({ rate: options.rate, compileCache: compileCache(folder), log });
    release.defer(() => simulator.stop());

    const sql = openStore({
      url: database.superuserUrl,
      applicationName: 'uns-stack',
      changedBy: 'stack',
      maxConnections: 3,
      tls: 'off',
    });
    release.defer(() => sql.end({ timeout: 2 }));
    if (options.keep) await forgetDeliveries(sql);
    if (o.makesTags !== false) release.defer(collectTags({ sql, canaryUrl: simulator.controlUrl, log }));

    const stack = new LocalStack({
      folder,
      postgres,
      redis,
      simulator,
      broker,
      sql,
      log,
      release: release.move(),
      urls: { mqttUrl, postgresUrl: database.superuserUrl, redisUrl: redis.url, canaryUrl: simulator.url },
    });
    stack.#startApps(options, {
      mqttUrl,
      appUrl: database.appUrl,
      cdcUrl: database.cdcUrl,
      redisUrl: redis.url,
      canary: simulator,
      debounceSeconds: options.debounceSeconds,
      rate: options.rate,
      rulesFile: o.rulesFile ?? null,
      environment: o.environment ?? {},
      board,
    });
    return stack;
  }

  /** Everything that is known now; an app that is being restarted is left out until it answers again. */
  get endpoints(): Endpoints {
    const of = (name: AppName) =>
      this.#apps.flatMap((app) => {
        const { pid } = app.process;
        return app.name === name && pid !== null && app.adminUrl !== null ? [{ pid, adminUrl: app.adminUrl }] : [];
      });
    const cdc = of('cdc');
    const boardBase = cdc[0]?.adminUrl;
    return {
      ...this.#urls,
      boardUrl: boardBase === undefined ? '' : boardUrl(boardBase),
      apps: { ingest: of('ingest'), cdc, 'canary-writer': of('canary-writer') },
      pid: process.pid,
    };
  }

  /** Null while the process is being restarted, or when there is no such one. */
  pidOf(name: AppName, index: number): number | null {
    return this.#apps.find((app) => app.name === name && app.index === index)?.process.pid ?? null;
  }

  /** The credentials of the board are no secret here: it listens on this machine alone. */
  readonly board = board;

  /** Resolves when every app has said where it listens, and its readiness is green. Rejects when aborted. */
  async ready(signal: AbortSignal): Promise<void> {
    for (const app of this.#apps) {
      for (;;) {
        signal.throwIfAborted();
        if (app.adminUrl !== null && (await isReady(app.adminUrl))) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    await this.#publish();
  }

  /** Restarts an app as an operator does who has changed its configuration. Resolves when everything is ready again. */
  async restart(name: AppName, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#apps.filter((app) => app.name === name).map((app) => app.process.restart()));
    await this.ready(signal);
  }

  /** Stops the apps for good; the servers stay. */
  async stopApps(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#log.step('Stopping the apps');
    await Promise.all(this.#apps.map((app) => app.process.stop()));
  }

  /** Stops the apps, then the servers they use. Nothing of it is left running. */
  async stop(): Promise<void> {
    await this.stopApps();
    this.#log.step('Stopping the servers');
    await this.#release.disposeAsync();
    await this.#writing;
    await removeEndpoints(this.folder);
  }

  #startApps(options: StackOptions, settings: AppSettings): void {
    const counts: Record<AppName, number> = { ingest: 1, cdc: options.cdcs, 'canary-writer': options.writers };
    for (const name of appNames) {
      this.#log.step(`Starting ${name}${counts[name] > 1 ? ` (${counts[name]} processes)` : ''}`);
      for (let index = 0; index < counts[name]; index += 1) this.#startApp(name, index, counts[name], settings);
    }
  }

  #startApp(name: AppName, index: number, count: number, settings: AppSettings): void {
    const label = count > 1 ? `${name} ${index + 1}` : name;
    const app: App = {
      name,
      index,
      adminUrl: null,
      process: new ManagedProcess(
        {
          name: label,
          script: scriptOf(name),
          env: { ...appEnvironment(name, index, settings), NODE_COMPILE_CACHE: compileCache(this.folder) },
          onStart: () => {
            app.adminUrl = null;
          },
          onLine: (text) => {
            const line = readLogLine(text);
            this.#log.line(label, line);
            if (line.adminUrl === null) return;
            app.adminUrl = line.adminUrl;
            void this.#publish();
          },
        },
        (event) => {
          this.#log.notice(`${label} died (${event.status}), starting it again in ${event.restartInMs} ms`);
          void this.#publish();
        },
      ),
    };
    this.#apps.push(app);
    app.process.start();
  }

  /** One write after the other, the last one with what is true then. */
  #publish(): Promise<void> {
    this.#writing = this.#writing
      .then(() => (this.#stopping ? undefined : writeEndpoints(this.folder, this.endpoints)))
      .catch((error: unknown) => this.#log.notice(`endpoints.json cannot be written: ${String(error)}`));
    return this.#writing;
  }
}

/** Kept from run to run: it halves the time in which an app starts. */
const compileCache = (folder: string): string => join(folder, 'compile-cache');

function boardUrl(adminUrl: string): string {
  return new URL('/board', adminUrl).href;
}

async function isReady(adminUrl: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/readyz', adminUrl), { signal: AbortSignal.timeout(2000) });
    return response.ok;
  } catch {
    // Not listening, or dying: the next look tells.
    return false;
  }
}
