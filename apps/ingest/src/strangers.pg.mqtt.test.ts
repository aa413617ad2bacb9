import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@uns/local-servers/testing';
import { makeKnown } from '@uns/metadata-store/testing';
import { Datatype, type BirthInput } from '@uns/sparkplug';
import { ingestHarness, type IngestHarness } from './testing/ingest-harness.ts';

const node = { group: 'Secil', edge: 'Portugal' };
const topic = (device: string) => `Secil/DBIRTH/Portugal/${device}`;
const unreadable = Buffer.from('{"temperature": 20}');
const birth = (value: number): BirthInput => ({
  timestamp: Date.now(),
  seq: 1,
  metrics: [{ name: 'A', datatype: Datatype.Double, properties: [{ key: 'value', type: Datatype.Int32, value }] }],
});

describe('births of devices that nobody knows', () => {
  let harness: IngestHarness;

  beforeEach(async () => {
    harness = await ingestHarness();
    await makeKnown(harness.store.sql, { ...node, device: 'Cement' });
  });
  afterEach(() => harness[Symbol.asyncDispose]());

  const entries = () => harness.store.sql<
    { device: string; reason: string; open: boolean; n: number; sample: unknown }[]
  >`
    select device, reason, resolved_at is null as open, occurrences::integer as n, sample
    from uns_meta.birth_quarantine where device !~ '^seed' order by device, reason`;
  /** As many as an edge node has room for. */
  const fill = () => harness.store.sql`
    insert into uns_meta.birth_quarantine (group_id, edge, device, reason, detail, unknown)
    select 'Secil', 'Portugal', 'seed ' || i, 'PAYLOAD_MALFORMED', '', 'device' from generate_series(1, 1000) as i`;

  it('PROMISE-6 PROMISE-7 are counted together when there are many, in no more rows and no more series', async () => {
    const run = await harness.start();
    await harness.birth(run, topic('New'), unreadable);
    expect(await entries()).toMatchObject([{ device: 'New', reason: 'PAYLOAD_NOT_SPARKPLUG', open: true }]);
    await fill();
    await harness.birth(run, topic('Made up'), unreadable);
    await harness.birth(run, `Secil/NBIRTH/Made up`, unreadable);
    const series = await run.series();
    for (let i = 0; i < 5; i += 1) {
      await harness.birth(run, topic(`Made up ${i}`), unreadable);
      await harness.birth(run, `Secil/NBIRTH/Made up ${i}`, unreadable);
    }
    expect(await run.series()).toEqual(series);
    const [together, ...others] = await entries();
    expect(together).toMatchObject({ device: '', reason: 'PAYLOAD_NOT_SPARKPLUG' });
    expect(others.filter((row) => row.device !== '')).toMatchObject([
      {
        device: '+',
        n: 6,
        sample: {
          bytes: unreadable.length,
          devices: expect.arrayContaining(['Secil/Portugal/Made up', 'Secil/Portugal/Made up 4']),
        },
      },
      { device: 'New' },
    ]);
    expect(await run.metric('uns_ingest_quarantine_folded_total')).toBe(6);
    // The one that was a device after all.
    expect(await harness.birth(run, topic('New'), birth(1))).toMatchObject({ outcome: 'written' });
    expect((await entries()).filter((row) => row.device === 'New')).toMatchObject([{ open: false }]);
  });

  it('PROMISE-6 cannot make devices without end', async () => {
    const run = await harness.start({ INGEST_MAX_DEVICES: '1' });
    expect(await harness.birth(run, topic('New'), birth(1))).toMatchObject({
      level: 'warn',
      outcome: 'no-room',
      quarantined: { DEVICES_TOO_MANY: 1 },
    });
    expect(await entries()).toMatchObject([{ device: 'New', reason: 'DEVICES_TOO_MANY' }]);
    expect(await harness.birth(run, topic('Cement'), birth(1))).toMatchObject({ outcome: 'written' });
  });

  it('PROMISE-6 cannot fill the store with template definitions', async () => {
    await harness.store.sql`
      insert into uns_meta.node_templates (group_id, edge, definitions, birth_timestamp, updated_at)
      select 'Secil', 'seed ' || i, '', now(), now() - make_interval(hours => i) from generate_series(1, 1000) as i`;
    const run = await harness.start();
    await harness.birth(run, 'Secil/NBIRTH/Made up', birth(1));
    const [kept] = await harness.store.sql`
      select count(*)::integer as n, bool_or(edge = 'Made up') as last, bool_or(edge = 'seed 1000') as first
      from uns_meta.node_templates`;
    expect(kept).toEqual({ n: 1000, last: true, first: false });
  });

  it('PROMISE-6 leave their entries for so many days only, as do those that are resolved', async () => {
    await fill();
    await harness.store.sql`
      insert into uns_meta.birth_quarantine (group_id, edge, device, reason, detail, resolved_at)
      select 'Secil', 'Portugal', 'Cement', 'KEY_EMPTY ' || i, '', now() - make_interval(days => 4 + 2 * i) from generate_series(1, 3) as i`;
    await harness.store.sql`
      update uns_meta.birth_quarantine set last_seen = now() - interval '8 days' where device <> 'seed 7'`;
    const run = await harness.start({ INGEST_QUARANTINE_DAYS: '7' });
    await eventually(async () => expect(await run.metric('uns_ingest_quarantine_removed_total')).toBe(1001));
    expect(await entries()).toMatchObject([{ reason: 'KEY_EMPTY 1' }]);
  });
});
