import { describe, expect, it } from '@jest/globals';
import postgres from 'postgres';
import { testDatabase, type TestDatabaseTemplate } from './test-database.ts';

async function query<T>(url: string, use: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1 });
  try {
    return await use(sql);
  } finally {
    await sql.end();
  }
}

function template(name: string): { template: TestDatabaseTemplate; builds: () => number } {
  let builds = 0;
  const build = async (url: string): Promise<void> => {
    builds += 1;
    await query(url, async (sql) => await sql`create table built (by int)`);
  };
  return { template: { name, build }, builds: () => builds };
}

describe('testDatabase', () => {
  it('clones a template that is built once, however many ask for it at the same time', async () => {
    const { template: source, builds } = template(`clones_${process.pid}`);
    const databases = await Promise.all([1, 2, 3].map(async () => await testDatabase({ template: source })));
    for (const { url } of databases) await query(url, async (sql) => await sql`insert into built values (1)`);
    expect(builds()).toBe(1);
    const rows = await Promise.all(
      databases.map(async ({ url }) => await query(url, async (sql) => await sql`table built`)),
    );
    expect(rows.map((row) => row.length)).toEqual([1, 1, 1]);
    await Promise.all(databases.map(async (database) => await database[Symbol.asyncDispose]()));
  });

  it('drops a database that still has sessions and a slot', async () => {
    const name = await (async () => {
      await using database = await testDatabase();
      const sql = postgres(database.url, { max: 1, onclose: () => undefined });
      await sql`select pg_create_logical_replication_slot(${database.name}, 'pgoutput')`;
      return database.name;
    })();
    await using other = await testDatabase();
    const left = await query(other.url, async (sql) => await sql`select from pg_database where datname = ${name}`);
    expect(left).toHaveLength(0);
  });
});
