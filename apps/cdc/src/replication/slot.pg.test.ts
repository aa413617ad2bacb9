import { eventually } from '@uns/local-servers/testing';
import { openStore } from '@uns/metadata-store';
import { describe, expect, it } from '@jest/globals';
import { cdcHarness } from '../testing/cdc-harness.ts';
import { createSlot, readSlot } from './slot.ts';

describe('making a slot', () => {
  it('waits for writers longer than any other statement may take', async () => {
    await using cdc = await cdcHarness();
    const statementTimeoutMs = 200;
    const sql = openStore({
      url: cdc.store.url,
      applicationName: 'test',
      changedBy: 'test',
      maxConnections: 2,
      tls: 'off',
      statementTimeoutMs,
    });
    await using cleanUp = new AsyncDisposableStack();
    cleanUp.defer(() => sql.end({ timeout: 1 }));
    await expect(sql`select pg_sleep(5)`).rejects.toMatchObject({ code: '57014' });

    const done = Promise.withResolvers<void>();
    const wrote = Promise.withResolvers<void>();
    const writing = cdc.store.connect().begin(async (tx) => {
      await tx`update uns_meta.devices set last_birth_at = now()`;
      wrote.resolve();
      await done.promise;
    });
    await wrote.promise;
    const making = createSlot(sql, cdc.slot);
    await eventually(async () => {
      const waiting = await cdc.store.sql`
        select 1 from pg_stat_activity
        where query like '%pg_create_logical_replication_slot%' and datname = current_database() and state = 'active'
          and pid <> pg_backend_pid() and clock_timestamp() - query_start > make_interval(secs => ${(statementTimeoutMs * 2) / 1000})`;
      expect(waiting).toHaveLength(1);
    });
    done.resolve();
    await Promise.all([writing, making]);
    expect(await readSlot(cdc.store.sql, cdc.slot)).toMatchObject({ lost: null, activePid: null });
  });
});
