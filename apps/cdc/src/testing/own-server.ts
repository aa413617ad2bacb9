import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '@uns/local-servers';
import { testPostgresVersion } from '@uns/local-servers/testing';
import { migrate, openStore } from '@uns/metadata-store';
import type { TestStore } from '@uns/metadata-store/testing';
import type { Sql } from 'postgres';

/** A PostgreSQL server for one test alone, to be set up, filled and broken as it likes. */
export interface OwnServer {
  server: PostgresServer;
  /** A migrated database on it that is empty of rows; gone with the scope. */
  store(): Promise<TestStore>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function ownServer(): Promise<OwnServer> {
  const dataDir = join(await mkdtemp(join(tmpdir(), 'uns-own-postgres-')), 'data');
  const server = await startPostgres({ version: testPostgresVersion(), dataDir, profile: 'throwaway' });
  let serial = 0;
  return {
    server,
    store: () => newStore(server, `own_${(serial += 1)}`),
    [Symbol.asyncDispose]: () => server.stop('immediate'),
  };
}

async function newStore(server: PostgresServer, name: string): Promise<TestStore> {
  const pools: Sql[] = [];
  const open = (url: string, changedBy = 'test'): Sql => {
    const sql = openStore({ url, applicationName: 'test', changedBy, maxConnections: 6, tls: 'off' });
    pools.push(sql);
    return sql;
  };
  const admin = open(server.url);
  await admin.unsafe(`create database ${name} template template0`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const sql = open(url.href);
  await migrate(sql);
  return {
    sql,
    url: url.href,
    connect: (changedBy) => open(url.href, changedBy),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(pools.map((pool) => pool.end({ timeout: 1 })));
    },
  };
}
