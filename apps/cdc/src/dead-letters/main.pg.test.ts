import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { testStore } from '@uns/metadata-store/testing';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

describe('the dead-letters command against a store', () => {
  it('lists, shows, replays and discards with the rights of cdc alone, in text and JSON', async () => {
    await using store = await testStore();
    await store.sql.unsafe(`
      insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd', 'g/e/d');
      insert into uns_meta.metrics (device_id, name, uns_path, datatype)
        select device_id, n, 'g/e/d/' || n, 9 from uns_meta.devices, unnest(array['a', 'b']) as n;
      insert into uns_meta.metric_sync (metric_id, failed_at) select metric_id, now() from uns_meta.metrics;
      insert into uns_meta.canary_dead_letters (metric_id, delivery_id, canary_id, reason, detail, request, answer)
        select metric_id, gen_random_uuid(), canary_id, 'REJECTED', 'read-only', '{}', 'no' from uns_meta.metrics order by 1`);
    const run = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
      const env = { PATH: process.env['PATH'], POSTGRES_URL: `${store.url}?role=uns_meta_cdc`, POSTGRES_TLS: 'off' };
      try {
        return { code: 0, ...(await promisify(execFile)(process.execPath, [main, ...args], { env })) };
      } catch (error) {
        return error as { code: number; stdout: string; stderr: string };
      }
    };

    const listed = await run('list');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toMatch(/open {2}REJECTED {2}g\.e\.d\.b {2}read-only\n.*g\.e\.d\.a.*\nREJECTED 2\n$/s);
    const { deadLetters, counts } = JSON.parse((await run('list', '--json')).stdout);
    expect(counts).toEqual({ REJECTED: 2 });
    const [b, a] = deadLetters.map(({ id }: { id: string }) => id);
    expect((await run('show', a)).stdout).toContain('the metric is dead now');
    expect(await run('show', '999')).toMatchObject({ code: 1, stderr: 'there is no dead letter 999\n' });

    expect((await run('replay', a)).stdout).toBe('1 dead letter replayed, 1 metric due now\n');
    expect((await run('discard', '--reason', 'REJECTED')).stdout).toBe('1 dead letter discarded\n');
    expect(await run('replay', b)).toMatchObject({ code: 1, stdout: 'no open dead letter was chosen\n' });
    const resolved = JSON.parse((await run('list', '--state', 'resolved', '--json')).stdout).deadLetters;
    expect(resolved).toMatchObject([
      { id: b, resolution: 'discarded' },
      { id: a, resolution: 'replayed' },
    ]);
    expect(await store.sql`select metric_id from uns_meta.metric_sync where due_at <= now()`).toHaveLength(1);
    expect(await run('nonsense')).toMatchObject({ code: 64 });
  });
});
