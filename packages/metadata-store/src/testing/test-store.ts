import { testDatabase } from '@uns/local-servers/testing';
import type { Sql } from 'postgres';
import { migrate } from '../migrate/migrate.ts';
import { openStore } from '../open-store.ts';

export interface TestStore {
  sql: Sql;
  /** For the superuser. */
  url: string;
  /** Another pool on the same database. */
  connect(changedBy?: string): Sql;
  [Symbol.asyncDispose](): Promise<void>;
}

async function build(url: string): Promise<void> {
  const sql = open(url, 'migrate');
  await migrate(sql);
  await sql.end();
}

function open(url: string, changedBy: string): Sql {
  return openStore({ url, applicationName: 'test', changedBy, maxConnections: 4, tls: 'off' });
}

/** A migrated database of its own, gone with the scope. */
export async function testStore(): Promise<TestStore> {
  const database = await testDatabase({ template: { name: 'uns_meta', build } });
  const pools: Sql[] = [];
  const connect = (changedBy = 'test'): Sql => {
    const sql = open(database.url, changedBy);
    pools.push(sql);
    return sql;
  };
  return {
    sql: connect(),
    url: database.url,
    connect,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(pools.map((pool) => pool.end({ timeout: 5 })));
      await database[Symbol.asyncDispose]();
    },
  };
}
