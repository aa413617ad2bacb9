import { createHash, randomBytes } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { eventually } from './eventually.ts';
import { postgresUrlVariable, serverUrl } from './environment.ts';

export interface TestDatabaseTemplate {
  /** One template is built per name and run. Lower case letters, digits and underscores. */
  name: string;
  /** Fills the empty database at `url`, and closes every connection to it before it resolves. */
  build: (url: string) => Promise<void>;
}

export interface TestDatabase {
  /** For the superuser, with the password. */
  url: string;
  /** Unique in the whole run, and good as the name of a slot or a role too. */
  name: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A database of its own on the test server: a clone of the template, or empty without one. Disposing of it ends the
 * sessions and slots that are still using it.
 */
export async function testDatabase(options: { template?: TestDatabaseTemplate } = {}): Promise<TestDatabase> {
  const serverAt = serverUrl(postgresUrlVariable);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withServer(serverAt, async (sql) => {
    const { template } = options;
    if (template === undefined) {
      await sql`create database ${sql(name)} template template0`;
    } else {
      const source = await ensureTemplate(sql, serverAt, template);
      await sql`create database ${sql(name)} template ${sql(source)}`;
    }
  });
  return {
    url: urlOf(serverAt, name),
    name,
    [Symbol.asyncDispose]: async () => await withServer(serverAt, async (sql) => await drop(sql, name)),
  };
}

async function ensureTemplate(sql: Sql, serverAt: string, template: TestDatabaseTemplate): Promise<string> {
  const source = `template_${template.name}`;
  // The lock is of the session: parallel test files wait here for the first, who builds.
  const key = createHash('sha256').update(source).digest().readInt32BE();
  await sql`select pg_advisory_lock(${key})`;
  try {
    const existing = await sql`select from pg_database where datname = ${source}`;
    if (existing.length === 0) await buildTemplate(sql, serverAt, source, template);
  } finally {
    await sql`select pg_advisory_unlock(${key})`;
  }
  return source;
}

async function buildTemplate(
  sql: Sql,
  serverAt: string,
  source: string,
  { build }: TestDatabaseTemplate,
): Promise<void> {
  const unfinished = `${source}_unfinished`;
  await sql`drop database if exists ${sql(unfinished)} with (force)`;
  await sql`create database ${sql(unfinished)} template template0`;
  await build(urlOf(serverAt, unfinished));
  // Server processes outlive the sockets of their clients by a moment, and a database in use cannot be renamed.
  await eventually(async () => await sql`alter database ${sql(unfinished)} rename to ${sql(source)}`);
}

async function drop(sql: Sql, name: string): Promise<void> {
  await eventually(async () => {
    // "with (force)" ends sessions, but a slot in use refuses before it does.
    await sql`select pg_terminate_backend(active_pid) from pg_replication_slots where database = ${name} and active`;
    await sql`drop database if exists ${sql(name)} with (force)`;
  });
}

async function withServer(url: string, use: (sql: Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await use(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function urlOf(serverAt: string, database: string): string {
  const url = new URL(serverAt);
  url.pathname = `/${database}`;
  return url.href;
}
