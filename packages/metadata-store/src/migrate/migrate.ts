import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Sql } from 'postgres';

const folder = new URL('../../migrations/', import.meta.url);

interface Migration {
  name: string;
  text: string;
  checksum: string;
}

/** A migration that was applied has been edited since. Migrations only add: write a new one. */
export class MigrationChangedError extends Error {
  override readonly name = 'MigrationChangedError';
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

/**
 * Brings the schema up to date, each migration in a transaction of its own. Safe to run from several places at once.
 *
 * @returns the names of the migrations applied by this call.
 * @throws MigrationChangedError when an applied migration no longer has the text it was applied with.
 */
export async function migrate(sql: Sql): Promise<string[]> {
  const migrations = await readMigrations();
  const applied: string[] = [];
  for (const migration of migrations) {
    if (await applyOnce(sql, migration)) applied.push(migration.name);
  }
  return applied;
}

function applyOnce(sql: Sql, migration: Migration): Promise<boolean> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext('uns_meta.schema_migrations'))`;
    await tx`create schema if not exists uns_meta`;
    await tx`
      create table if not exists uns_meta.schema_migrations (
        name text primary key,
        checksum text not null,
        applied_at timestamptz not null default clock_timestamp()
      )`;
    const [done] = await tx<{ checksum: string }[]>`
      select checksum from uns_meta.schema_migrations where name = ${migration.name}`;
    if (done !== undefined) {
      if (done.checksum !== migration.checksum) {
        throw new MigrationChangedError(`${migration.name} was applied with another text; migrations only add`);
      }
      return false;
    }
    await tx.unsafe(migration.text);
    await tx`insert into uns_meta.schema_migrations (name, checksum) values (${migration.name}, ${migration.checksum})`;
    return true;
  });
}
