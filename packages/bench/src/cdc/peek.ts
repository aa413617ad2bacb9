import type { Sql } from 'postgres';

/** Seconds the server takes to decode what the slot holds, and to throw it away. The slot stays where it is. */
export async function peekSeconds(sql: Sql, o: { slot: string; decodingMemoryMb: number }): Promise<number> {
  return sql.begin(async (tx) => {
    await tx.unsafe(`set local logical_decoding_work_mem = '${o.decodingMemoryMb}MB'`);
    const startedMs = performance.now();
    await tx`
      select count(*) from pg_logical_slot_peek_binary_changes(
        ${o.slot}, null, null, 'proto_version', '1', 'publication_names', 'uns_meta_pub', 'messages', 'true'
      )`;
    return (performance.now() - startedMs) / 1000;
  });
}
