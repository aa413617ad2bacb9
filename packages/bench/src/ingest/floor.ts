import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Sql } from 'postgres';

/** A table with the columns that are given and not generated. */
interface Table {
  name: string;
  columns: string;
  file: string;
}

/** Every row that a birth has left in the store, kept in files for COPY. */
export class Floor {
  readonly #tables: Table[];
  readonly #versions: number;

  private constructor(tables: Table[], versions: number) {
    this.#tables = tables;
    this.#versions = versions;
  }

  static async of(sql: Sql, folder: string): Promise<Floor> {
    const tables: Table[] = [];
    for (const { name, columns } of await readTables(sql)) {
      const [row] = await sql.unsafe<{ count: number }[]>(`select count(*)::integer as count from ${name}`);
      if (row?.count === 0) continue;
      const file = join(folder, `${name}.copy`);
      await pipeline(await sql.unsafe(`copy ${name} (${columns}) to stdout`).readable(), createWriteStream(file));
      tables.push({ name, columns, file });
    }
    return new Floor(tables, await countVersions(sql));
  }

  /**
   * Copies the rows into an empty store, in one transaction, with all constraints, indexes and triggers. The versions are written by the
   * trigger on the properties, as always. Returns seconds. @throws when other versions came of it.
   */
  async copyInto(sql: Sql): Promise<number> {
    const startedMs = performance.now();
    await sql.begin(async (tx) => {
      // As for the birth itself: see migration 0008.
      await tx`select set_config('uns_meta.writer', 'birth', true)`;
      for (const { name, columns, file } of this.#tables) {
        await pipeline(
          createReadStream(file, { highWaterMark: 65_536 }),
          await tx.unsafe(`copy ${name} (${columns}) from stdin`).writable(),
        );
      }
    });
    const seconds = (performance.now() - startedMs) / 1000;
    const versions = await countVersions(sql);
    if (versions !== this.#versions) throw new Error(`the floor has ${versions} versions, the birth ${this.#versions}`);
    return seconds;
  }
}

/** In an order that foreign keys allow. */
const order = ['devices', 'metrics', 'metric_properties', 'metric_fingerprints', 'device_aliases'];

async function readTables(sql: Sql): Promise<Pick<Table, 'name' | 'columns'>[]> {
  return sql<Pick<Table, 'name' | 'columns'>[]>`
    select 'uns_meta.' || table_name as name, string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns
    from information_schema.columns
    where table_schema = 'uns_meta' and is_generated = 'NEVER' and table_name = any (${order})
    group by table_name
    order by array_position(${order}::text[], table_name::text)`;
}

async function countVersions(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::integer as count from uns_meta.metric_versions`;
  return row?.count ?? 0;
}
