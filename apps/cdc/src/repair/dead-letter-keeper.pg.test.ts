import { expect, it } from '@jest/globals';
import { testStore } from '@uns/metadata-store/testing';
import { Registry, silentLogger } from '@uns/service';
import { DeadLetterKeeper } from './dead-letter-keeper.ts';

it('keeps open dead letters for good and counts them by reason, and removes old resolved ones in bounded steps', async () => {
  await using store = await testStore();
  await store.sql.unsafe(`
    insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd', 'g/e/d');
    insert into uns_meta.metrics (device_id, name, uns_path, datatype) select device_id, 'm', 'g/e/d/m', 9 from uns_meta.devices;
    insert into uns_meta.canary_dead_letters
        (metric_id, delivery_id, canary_id, reason, detail, request, answer, created_at, resolved_at, resolution)
      select metric_id, gen_random_uuid(), canary_id, 'REJECTED', '', '', '', '2020-01-01', at, case when at is not null then 'discarded' end
      from uns_meta.metrics, unnest(array_fill('2020-01-02'::timestamptz, array[25]) || array[null, now()]) as at`);
  const registry = new Registry();
  const options = { sql: store.sql, keepDays: 90, everyMs: 1000, registry, logger: silentLogger };
  const keeper = new DeadLetterKeeper({ ...options, limit: 2 });
  const left = async () => (await store.sql`select from uns_meta.canary_dead_letters`).length;
  await keeper.tidy();
  expect(await left()).toBe(27 - 20);
  await keeper.tidy();
  expect(await left()).toBe(2);
  const text = await registry.metrics();
  expect(text).toContain('uns_dead_letters_open{reason="REJECTED"} 1\n');
  expect(text).toContain('uns_dead_letters_open{reason="GUARD_RAIL"} 0\n');
  expect(text).toContain('uns_dead_letters_retired_total{how="removed"} 25\n');
});
