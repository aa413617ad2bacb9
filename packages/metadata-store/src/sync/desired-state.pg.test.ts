import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testStore, type TestStore } from '../testing/test-store.ts';
import {
  deliveredProperties,
  desiredProperties,
  desiredPropertiesWithTime,
  writeCanaryTimes,
  type DeliveryPolicy,
} from './desired-state.ts';
import { removedAt } from './removed-properties.ts';

const keys = ['engUnit', 'engHigh', 'documentation', 'a_b', 'axb', '100%', 'Quality'];

describe('which properties are delivered', () => {
  let store: TestStore;

  beforeAll(async () => {
    store = await testStore();
    await store.sql`insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd', 'g/e/d')`;
    await store.sql`insert into uns_meta.metrics (device_id, name, uns_path, datatype) values (1, 'm', 'g/e/d/m', 9)`;
    await store.sql`
      insert into uns_meta.metric_properties (metric_id, key, type, string_value) select 1, key, 'string', 'x' from unnest(${keys}::text[]) as key`;
    const had = Object.fromEntries([...keys, 'gone', 'goneQuality'].map((key) => [key, 'x']));
    await store.sql`
      insert into uns_meta.metric_sync (metric_id, delivered, delivered_tag, delivered_canary_id)
      values (1, ${store.sql.json(had)}, 'g.e.d.m', 'g.e.d.m')`;
  });
  afterAll(() => store[Symbol.asyncDispose]());

  it.each<[string, Partial<DeliveryPolicy>, string[], string[]]>([
    [
      'all but the volatile ones',
      {},
      ['engUnit', 'engHigh', 'documentation', 'a_b', 'axb', '100%'],
      ['gone', 'goneQuality'],
    ],
    ['those allowed', { allowed: ['engUnit', 'eng*', 'Quality'] }, ['engUnit', 'engHigh'], []],
    ['none of those denied', { denied: ['eng*', 'gone', 'documentation'] }, ['a_b', 'axb', '100%'], ['goneQuality']],
    ['denied before allowed', { allowed: ['eng*'], denied: ['*High'] }, ['engUnit'], []],
    ['an underscore as it is', { allowed: ['a_b'] }, ['a_b'], []],
    [
      'a percent sign as it is',
      { denied: ['100%'] },
      ['engUnit', 'engHigh', 'documentation', 'a_b', 'axb'],
      ['gone', 'goneQuality'],
    ],
  ])('TC-20 %s', async (_what, part, desired, removed) => {
    const policy: DeliveryPolicy = { volatile: ['Quality'], removed: 'blank', ...part };
    const [row] = await store.sql<{ desired: object; delivered: object; removed: object }[]>`
      select ${desiredProperties(store.sql, policy)} as desired, ${deliveredProperties(store.sql, policy)} as delivered,
        ${removedAt(store.sql, policy, store.sql`null::timestamptz`)} as removed
      from uns_meta.metrics m join uns_meta.metric_sync s using (metric_id)`;
    expect(Object.keys(row?.desired ?? {}).toSorted()).toEqual(desired.toSorted());
    // What is not delivered is no difference either: Canary keeps what it has of it.
    expect(Object.keys(row?.delivered ?? {}).toSorted()).toEqual([...desired, ...removed].toSorted());
    expect(Object.keys(row?.removed ?? {}).toSorted()).toEqual(removed.toSorted());
  });

  it('TC-20 gives the time of each property to the microsecond, in UTC, wherever the session is', async () => {
    const times = {
      second: ['2025-08-26 12:00:00Z', '2025-08-26T12:00:00.0000000Z'],
      hundredths: ['2025-08-26 12:00:00.25Z', '2025-08-26T12:00:00.2500000Z'],
      microseconds: ['2025-12-31 23:59:59.999999Z', '2025-12-31T23:59:59.9999990Z'],
      elsewhere: ['2025-08-26 12:00:00.000001+05:30', '2025-08-26T06:30:00.0000010Z'],
    };
    const desired = await store.sql.begin(async (tx) => {
      await tx`set local time zone 'Asia/Kolkata'`;
      await tx`insert into uns_meta.metrics (metric_id, device_id, name, uns_path, datatype) overriding system value values (2, 1, 't', 'g/e/d/t', 9)`;
      for (const [key, [time = '']] of Object.entries(times)) {
        await tx`
          insert into uns_meta.metric_properties (metric_id, key, type, string_value, updated_at) values (2, ${key}, 'string', 'x', ${time}::text::timestamptz)`;
      }
      const policy = { volatile: [], removed: 'blank' } as const;
      const [row] = await tx<{ desired: Record<string, [string, string]> }[]>`
        select ${desiredPropertiesWithTime(tx, policy, tx`null::timestamptz`)} as desired
        from uns_meta.metrics m left join uns_meta.metric_sync s using (metric_id) where m.metric_id = 2`;
      return row?.desired ?? {};
    });
    writeCanaryTimes(desired);
    expect(desired).toEqual(Object.fromEntries(Object.entries(times).map(([key, [, time]]) => [key, [time, 'x']])));
  });
});
