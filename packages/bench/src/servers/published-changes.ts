import type { Sql } from 'postgres';

/** What a subscriber of the project's publication would be sent, counted by a slot of its own. */
export class PublishedChanges {
  readonly #sql: Sql;
  readonly #slot: string;

  private constructor(sql: Sql, slot: string) {
    this.#sql = sql;
    this.#slot = slot;
  }

  /** Counts from now on. The slot goes with the server. */
  static async watch(sql: Sql): Promise<PublishedChanges> {
    const slot = `bench_${process.pid}_${Date.now()}`;
    await sql`select pg_create_logical_replication_slot(${slot}, 'pgoutput')`;
    return new PublishedChanges(sql, slot);
  }

  async count(): Promise<number> {
    const [row] = await this.#sql<{ count: number }[]>`
      select count(*)::integer as count
      from pg_logical_slot_peek_binary_changes(${this.#slot}, null, null, 'proto_version', '1', 'publication_names', 'uns_meta_pub')`;
    return row?.count ?? 0;
  }

  async stop(): Promise<void> {
    await this.#sql`select pg_drop_replication_slot(${this.#slot})`;
  }
}
