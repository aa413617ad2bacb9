import { eventually } from '@uns/local-servers/testing';
import { emptyStore, metricRows } from '@uns/metadata-store/testing';
import { Datatype, type BirthInput } from '@uns/sparkplug';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ingestHarness, type IngestHarness, type IngestRun } from './testing/ingest-harness.ts';

const device = 'Secil/DBIRTH/Portugal/Cement';

const birth = (round: number): BirthInput => ({
  timestamp: Date.now(),
  seq: 1,
  metrics: Array.from({ length: 500 }, (_, i) => ({
    name: `Tag ${i}`,
    datatype: Datatype.Double,
    properties: [{ key: 'round', type: Datatype.Int32, value: round }],
  })),
});

describe('a birth whose store fails in the middle', () => {
  let harness: IngestHarness;
  let run: IngestRun;

  beforeAll(async () => {
    harness = await ingestHarness();
    run = await harness.start({ INGEST_STATEMENT_TIMEOUT_MS: '2000' });
    // Outlives the transactions that fail.
    await harness.store.sql.unsafe('create sequence public.attempts; grant all on public.attempts to public');
  });
  afterAll(() => harness[Symbol.asyncDispose]());
  afterEach(async () => {
    await harness.store.sql.unsafe('drop trigger if exists failing on uns_meta.metric_properties');
    await emptyStore(harness.store.sql);
  });

  /** The first `times` births fail when their metrics are written and their properties are on the way. */
  const failing = async (times: number, how: string): Promise<void> => {
    await harness.store.sql.unsafe(`
      alter sequence public.attempts restart;
      create or replace function public.fail() returns trigger language plpgsql security definer as $$
      begin
        if nextval('public.attempts') <= ${times} then
          ${how};
        end if;
        return null;
      end $$;
      create trigger failing after insert on uns_meta.metric_properties for each statement execute function public.fail()`);
  };

  it.each([
    ['the connection is cut', 'perform pg_terminate_backend(pg_backend_pid())', 'CONNECTION_CLOSED'],
    ['it is the victim of a deadlock', "raise exception 'deadlock detected' using errcode = '40P01'", '40P01'],
    ['it cannot be serialised', "raise exception 'could not serialize access' using errcode = '40001'", '40001'],
    [
      'the disk is full',
      "raise exception 'could not extend file: No space left on device' using errcode = '53100'",
      '53100',
    ],
  ])('TC-10 PROMISE-1 is written whole at the next attempt when %s', async (_what, how, code) => {
    await failing(2, how);
    const retries = await run.metric('uns_ingest_retries_total');
    const complaints = run.lines('birth not written, trying again').length;

    const line = await harness.birth(run, device, birth(1));
    expect(line).toMatchObject({ outcome: 'written', changes: { metricsCreated: 500, propertiesInserted: 500 } });
    expect(await run.metric('uns_ingest_retries_total')).toBe(retries + 2);
    const said = run.lines('birth not written, trying again').slice(complaints);
    expect(said).toMatchObject([
      { level: 'warn', topic: `spBv1.0/${device}`, attempt: 0, err: { code } },
      { level: 'warn', attempt: 1, err: { code } },
    ]);
    const [versions] = await harness.store.sql<
      { n: number }[]
    >`select count(*)::int as n from uns_meta.metric_versions`;
    expect(await metricRows(harness.store.sql)).toHaveLength(500);
    // One for the insert of each metric with its properties: what failed left none.
    expect(versions?.n).toBe(500);
  });

  it('TC-10 PROMISE-1 is written when a statement that waited for too long is tried again', async () => {
    const complaints = run.lines('birth not written, trying again').length;
    const blocked = await harness.store.sql.begin(async (tx) => {
      await tx`lock table uns_meta.metrics in exclusive mode`;
      await harness.publish(device, birth(1));
      return await eventually(() => {
        const [said] = run.lines('birth not written, trying again').slice(complaints);
        if (said === undefined) throw new Error('no complaint yet');
        return said;
      });
    });
    expect(blocked).toMatchObject({ level: 'warn', err: { code: '57014' } });
    await eventually(async () => expect(await metricRows(harness.store.sql)).toHaveLength(500));
  });

  it('PROMISE-7 is given up when the store refuses it each time, on record, and keeps nobody from their turn', async () => {
    await failing(1_000_000, "raise exception 'a row that cannot be' using errcode = '23514'");
    const refused = await run.metric('uns_ingest_births_total', { outcome: 'refused' });
    await harness.publish(device, birth(1));
    await eventually(async () =>
      expect(await run.metric('uns_ingest_births_total', { outcome: 'refused' })).toBe(refused + 1),
    );
    expect(run.lines('birth given up: the store refuses it')).toMatchObject([
      { level: 'error', err: { code: '23514' } },
    ]);
    await harness.store.sql.unsafe('drop trigger failing on uns_meta.metric_properties');
    expect(await harness.birth(run, 'Secil/DBIRTH/Portugal/Other', birth(1))).toMatchObject({ outcome: 'written' });
    await eventually(async () => {
      const entries = await harness.store.sql<{ device: string; reason: string; detail: string }[]>`
        select device, reason, detail from uns_meta.birth_quarantine`;
      expect(entries).toMatchObject([
        { device: 'Cement', reason: 'STORE_REFUSED', detail: expect.stringContaining('a row that cannot be') },
      ]);
    });
  });

  it('PROMISE-6 gives way to a newer birth of its device, of which the store sees the newest only', async () => {
    await failing(1_000_000, "raise exception 'no space' using errcode = '53100'");
    const superseded = await run.metric('uns_ingest_births_total', { outcome: 'superseded' });
    const replaced = await run.metric('uns_ingest_mailbox_offers_total', { result: 'replaced' });
    await harness.publish(device, birth(1));
    await eventually(async () =>
      expect(
        Number((await harness.store.sql`select last_value from public.attempts`)[0]?.['last_value']),
      ).toBeGreaterThan(1),
    );
    for (let round = 2; round <= 10; round += 1) await harness.publish(device, birth(round));
    await eventually(async () => {
      expect(await run.metric('uns_ingest_births_total', { outcome: 'superseded' })).toBeGreaterThan(superseded);
      expect(await run.metric('uns_ingest_mailbox_offers_total', { result: 'replaced' })).toBeGreaterThan(replaced);
    });
    expect(await metricRows(harness.store.sql)).toEqual([]);
    await harness.store.sql.unsafe('drop trigger failing on uns_meta.metric_properties');
    await eventually(async () => {
      const rows = await metricRows(harness.store.sql);
      expect(new Set(rows.map((row) => row.properties['round']))).toEqual(new Set([10]));
    });
  });
});
