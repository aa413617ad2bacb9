import { randomBytes } from 'node:crypto';
import { grantLogin, migrate, openStore } from '@uns/metadata-store';
import postgres, { type Sql } from 'postgres';

const database = 'uns';

export interface StackDatabase {
  /** For the superuser. */
  superuserUrl: string;
  /** For ingest and for cdc, each as the role it has in production. */
  appUrl: string;
  cdcUrl: string;
}

/** Creates the database when it is not there, migrates it, and lets its two roles log in with new passwords. */
export async function prepareDatabase(serverUrl: string): Promise<StackDatabase> {
  const server = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    const found = await server`select from pg_database where datname = ${database}`;
    if (found.length === 0) await server`create database ${server(database)}`;
  } finally {
    await server.end();
  }
  const superuserUrl = withUser(serverUrl, null);
  const sql = openStore({
    url: superuserUrl,
    applicationName: 'uns-migrate',
    changedBy: 'migrate',
    maxConnections: 1,
    tls: 'off',
  });
  try {
    await migrate(sql);
    const login = async (role: 'uns_meta_app' | 'uns_meta_cdc'): Promise<string> => {
      const password = randomBytes(16).toString('hex');
      await grantLogin(sql, role, password);
      return withUser(serverUrl, { name: role, password });
    };
    return { superuserUrl, appUrl: await login('uns_meta_app'), cdcUrl: await login('uns_meta_cdc') };
  } finally {
    await sql.end();
  }
}

/**
 * Has everything delivered again. The simulator starts empty, so what a store that was kept says of it is not true any more. Receipts of
 * deliveries that are still on their way count for nothing then.
 */
export async function forgetDeliveries(sql: Sql): Promise<void> {
  await sql`
    update uns_meta.metric_sync
    set delivered = '{}', delivered_tag = null, delivered_canary_id = null, delivered_at = null,
        delivery_id = null, enqueued_at = null, attempts = 0, deferred_since = null, failed_at = null, failure = null,
        dirty_since = coalesce(dirty_since, now()), due_at = now()`;
}

function withUser(serverUrl: string, user: { name: string; password: string } | null): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  if (user !== null) {
    url.username = user.name;
    url.password = user.password;
  }
  return url.href;
}
