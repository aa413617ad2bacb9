import { join } from 'node:path';
import { startPostgres, type PostgresServer, type PostgresSettings } from '@uns/local-servers';
import { migrate, openStore } from '@uns/metadata-store';
import postgres, { type Sql } from 'postgres';

/**
 * What an administrator would set for a server of this size, nothing more: memory, WAL that is not checkpointed in the middle of every
 * birth, and durability as in production. The same for what is measured and for its floor.
 */
export const benchSettings: PostgresSettings = {
  shared_buffers: '1GB',
  max_wal_size: '4GB',
  checkpoint_timeout: '30min',
  autovacuum_naptime: '1h',
  track_io_timing: true,
};

const template = 'uns_bench';

/** A PostgreSQL server of this run, and databases on it with the project's schema. */
export class BenchStore {
  readonly server: PostgresServer;
  #made = 0;

  private constructor(server: PostgresServer) {
    this.server = server;
  }

  static async start(folder: string, settings: PostgresSettings = {}): Promise<BenchStore> {
    const server = await startPostgres({
      dataDir: join(folder, 'postgres'),
      settings: { ...benchSettings, ...settings },
    });
    const store = new BenchStore(server);
    await store.#run(`create database ${template}`);
    const sql = openStore({
      url: store.#url(template),
      applicationName: 'uns-bench',
      changedBy: 'migrate',
      maxConnections: 1,
      tls: 'off',
    });
    await migrate(sql);
    await sql.end();
    return store;
  }

  /** An empty, migrated database, and a connection to it as the superuser. */
  async database(): Promise<BenchDatabase> {
    this.#made += 1;
    const name = `${template}_${this.#made}`;
    await this.#run(`create database ${name} template ${template}`);
    const url = this.#url(name);
    const sql = postgres(url, { max: 2, onnotice: () => undefined });
    return {
      sql,
      url,
      [Symbol.asyncDispose]: async () => {
        await sql.end({ timeout: 5 });
        await this.#run(`drop database ${name} with (force)`);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop('immediate');
  }

  #url(database: string): string {
    const url = new URL(this.server.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  async #run(statement: string): Promise<void> {
    const sql = postgres(this.server.url, { max: 1, onnotice: () => undefined });
    try {
      await sql.unsafe(statement);
    } finally {
      await sql.end({ timeout: 5 });
    }
  }
}

export interface BenchDatabase {
  sql: Sql;
  /** For the superuser. */
  url: string;
  [Symbol.asyncDispose](): Promise<void>;
}
