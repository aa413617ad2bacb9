import { beforeEach, describe, expect, it } from '@jest/globals';
import { writeBirth } from '../birth/write-birth.ts';
import { sampleBirth } from '../testing/sample-birth.ts';
import { suiteStore } from '../testing/suite-store.ts';
import { claimRebirth, knownEdgeNodes } from './rebirth-requests.ts';

const node = { group: 'Secil', edge: 'Portugal' };

describe('the right to ask for a rebirth', () => {
  const store = suiteStore();

  beforeEach(async () => {
    await store.sql`truncate uns_meta.rebirth_requests`;
  });

  const claim = (edge = 'Portugal', minIntervalMs = 300_000) =>
    claimRebirth(store.sql, { node: { ...node, edge }, reason: 'CONNECTED', minIntervalMs });

  it('TC-05 goes to one caller of many at once, and to nobody again in five minutes', async () => {
    const others = [store.connect(), store.connect()];
    const claims = await Promise.all(
      [store.sql, ...others, ...others].map((sql) =>
        claimRebirth(sql, { node, reason: 'CONNECTED', minIntervalMs: 300_000 }),
      ),
    );
    expect(claims.filter((result) => result.kind === 'claimed')).toHaveLength(1);
    const later = await claim();
    expect(later.kind === 'recent' && later.agoMs >= 0 && later.agoMs < 60_000).toBe(true);
    expect(await claim('Brazil')).toEqual({ kind: 'claimed' });
  });

  it('TC-05 is there again after the interval, and counted', async () => {
    await claim();
    await store.sql`update uns_meta.rebirth_requests set requested_at = requested_at - interval '301 seconds'`;
    expect(await claim()).toEqual({ kind: 'claimed' });
    const [row] = await store.sql`select requests::integer, reason from uns_meta.rebirth_requests`;
    expect(row).toEqual({ requests: 2, reason: 'CONNECTED' });
  });

  it('PROMISE-6 is not everybody’s: of nodes without devices 1,000 are asked in an interval', async () => {
    await store.sql`
      insert into uns_meta.rebirth_requests (group_id, edge, reason)
      select 'Secil', 'made up ' || i, 'BIRTH_UNREADABLE' from generate_series(1, 1000) as i`;
    const strange = async () =>
      (await store.sql<{ n: number }[]>`select count(*)::integer as n from uns_meta.rebirth_requests`)[0]?.n;
    expect(await claim('one more')).toEqual({ kind: 'crowded' });
    expect(await claim('made up 7')).toMatchObject({ kind: 'recent' });
    await writeBirth(store.sql, sampleBirth({ metrics: {} }));
    expect(await claim()).toEqual({ kind: 'claimed' });
    expect(await strange()).toBe(1001);
    await store.sql`
      update uns_meta.rebirth_requests set requested_at = requested_at - interval '301 seconds' where edge <> 'made up 7'`;
    expect(await claim('one more')).toEqual({ kind: 'claimed' });
    // The known node, the one asked lately, and the new one.
    expect(await strange()).toBe(3);
  });

  it('knows the nodes to ask from their devices', async () => {
    await writeBirth(store.sql, sampleBirth({ metrics: {} }));
    await writeBirth(store.sql, sampleBirth({ metrics: {}, device: 'Concrete' }));
    expect([...(await knownEdgeNodes(store.sql, ['+']))]).toEqual([node]);
    expect([...(await knownEdgeNodes(store.sql, ['Other', 'Secil']))]).toEqual([node]);
    expect([...(await knownEdgeNodes(store.sql, ['Other']))]).toEqual([]);
  });
});
