import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalServerError } from '../local-server-error.ts';
import { ChildServer } from '../process/child-server.ts';
import { freePort } from '../process/free-port.ts';
import { noteOwner } from '../process/owner.ts';
import { locateBinaries, type PostgresVersion } from './binaries.ts';
import { ensureCluster, removeCluster, serverEnvironment, settingsFile, writeOwned, type Cluster } from './cluster.ts';
import { prepareDataFolder } from './data-folder.ts';
import { endLeftoverPostmaster, readPostmasterFile } from './postmaster-file.ts';
import { reachableBinaries } from './reachable-binaries.ts';
import { serverAccount } from './server-account.ts';
import { renderSettings, type PostgresProfile, type PostgresSettings } from './settings.ts';

export interface PostgresOptions {
  version?: PostgresVersion;
  /** Where the data is wanted; see {@link PostgresServer.dataDir} for where it is. */
  dataDir: string;
  /** Absent: a free one, kept over restarts. */
  port?: number;
  /** Default `durable`. */
  profile?: PostgresProfile;
  /** Settings for postgresql.conf; `ALTER SYSTEM` still wins over them. */
  settings?: PostgresSettings;
  /** PEM texts; with them the server also accepts TLS. */
  tls?: { cert: string; key: string };
  /** Keep the data when the server is stopped. Default false. */
  keepData?: boolean;
  /** The server's log, line by line. */
  onLog?: (line: string) => void;
}

/** `fast` ends sessions and writes a checkpoint; `immediate` drops everything and recovers at the next start. */
export type StopMode = 'fast' | 'immediate';

const startDeadlineMs = 60_000;
const stopGraceMs: Record<StopMode, number> = { fast: 30_000, immediate: 10_000 };

/** A PostgreSQL server of our own on 127.0.0.1. It ends when this process does, and does not keep it from ending. */
export class PostgresServer {
  readonly version: PostgresVersion;
  readonly port: number;
  /** For the superuser `postgres`, database `postgres`; with the password in it. */
  readonly url: string;
  /** Where the data really is. */
  readonly dataDir: string;
  readonly #cluster: Cluster;
  readonly #options: PostgresOptions;
  #child: ChildServer;

  private constructor(cluster: Cluster, options: PostgresOptions, started: Started, password: string) {
    this.version = cluster.version;
    this.dataDir = cluster.folder;
    this.port = started.port;
    this.url = `postgresql://postgres:${password}@127.0.0.1:${started.port}/postgres`;
    this.#cluster = cluster;
    this.#options = options;
    this.#child = started.child;
  }

  /**
   * Starts a server on the data in `dataDir`, initialising it first when there is none. A server left running there by
   * a process that was killed is ended first.
   *
   * @throws LocalServerError when there are no binaries for this platform, another process of ours uses the data, or the
   *   server does not start.
   */
  static async start(options: PostgresOptions): Promise<PostgresServer> {
    const { version = 16, profile = 'durable' } = options;
    const account = await serverAccount();
    const binaries = await reachableBinaries(locateBinaries(version), account);
    const folder = await prepareDataFolder(options.dataDir, account);
    const cluster: Cluster = { folder, version, binaries, account, profile };
    await endLeftoverPostmaster(folder);
    const password = await ensureCluster(cluster);
    await noteOwner(folder);
    try {
      return new PostgresServer(cluster, options, await startPostmaster(cluster, options), password);
    } catch (error) {
      if (options.keepData !== true) await removeCluster(folder);
      throw error;
    }
  }

  /** Changes with every restart. */
  get pid(): number {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.running;
  }

  /** Stops the server and, unless they are to be kept, removes its data. A server that does not stop in time is killed. */
  async stop(mode: StopMode = 'fast'): Promise<void> {
    await this.#end(mode);
    if (this.#options.keepData !== true) await removeCluster(this.dataDir);
  }

  /** Ends the server with SIGKILL, as a crash would. The data stays, for {@link restart}. */
  async kill(): Promise<void> {
    await this.#child.end('SIGKILL', 0);
  }

  /** Stops the server if it is running, and starts it again on the same port and data. */
  async restart(mode: StopMode = 'fast'): Promise<void> {
    await this.#end(mode);
    this.#child = (await startPostmaster(this.#cluster, { ...this.#options, port: this.port })).child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('immediate');
  }

  async #end(mode: StopMode): Promise<void> {
    await this.#child.end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT', stopGraceMs[mode]);
  }
}

/** @see PostgresServer.start */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  return await PostgresServer.start(options);
}

interface Started {
  child: ChildServer;
  port: number;
}

async function startPostmaster(cluster: Cluster, options: PostgresOptions): Promise<Started> {
  const deadline = performance.now() + startDeadlineMs;
  for (;;) {
    const port = options.port ?? (await freePort());
    await writeSettings(cluster, options, port);
    const child = await ChildServer.start({
      command: cluster.binaries.postgres,
      args: ['-D', cluster.folder],
      cwd: cluster.folder,
      env: serverEnvironment(),
      onLog: options.onLog,
      orphanSignal: 'SIGQUIT',
      ...cluster.account,
    });
    if (await becomesReady(child, cluster.folder, deadline)) return { child, port };
    await child.end('SIGQUIT', stopGraceMs.immediate);
    // Two reasons that pass: somebody else took the free port, or the children of a killed server are still there.
    const said = await child.lastWords();
    const passing = /could not bind|shared memory block .* still in use/.test(said);
    if (!passing || performance.now() > deadline) {
      throw new LocalServerError(`PostgreSQL ${cluster.version} did not start in ${cluster.folder}:\n${said}`);
    }
    await delay(50);
  }
}

async function becomesReady(child: ChildServer, folder: string, deadline: number): Promise<boolean> {
  while (child.running && performance.now() < deadline) {
    const file = await readPostmasterFile(folder);
    if (file?.pid === child.pid && file.status === 'ready') return true;
    await delay(10);
  }
  return false;
}

async function writeSettings(cluster: Cluster, options: PostgresOptions, port: number): Promise<void> {
  const { folder, account, profile } = cluster;
  const tls = options.tls;
  if (tls !== undefined) {
    await writeOwned(join(folder, 'server.crt'), tls.cert, account);
    await writeOwned(join(folder, 'server.key'), tls.key, account);
  }
  const settings = { ...(tls === undefined ? {} : { ssl: true }), ...options.settings };
  await writeOwned(join(folder, settingsFile), renderSettings(profile, port, settings), account);
}
