import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokenMetrics } from '@uns/edge-simulator';
import { SimulatorControl } from '@uns/canary-simulator';
import { eventually } from '@uns/local-servers/testing';
import { idsByName, lineageOf } from '@uns/metadata-store/testing';
import { Datatype, encodePayload, type MetricInput } from '@uns/sparkplug';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { canaryTags } from './canary-view.ts';
import { parity } from './parity.ts';
import { startStack, type StackFixture } from './stack-fixture.ts';

const patience = { timeoutMs: 45_000, intervalMs: 100 };
const defaultRules = 'version: 1\nrules: []\n';

/** Name -> its properties. */
type Tags = Record<string, Record<string, string | number>>;

const birthOf = (tags: Tags): Buffer =>
  encodePayload({
    timestamp: Date.now(),
    seq: 1,
    metrics: Object.entries(tags).map(([name, properties]): MetricInput => ({
      name,
      datatype: Datatype.Double,
      properties: Object.entries(properties).map(([key, value]) =>
        typeof value === 'number' ? { key, type: Datatype.Int32, value } : { key, type: Datatype.String, value },
      ),
    })),
  });

describe('what plants do to births and names, up to Canary', () => {
  let fixture: StackFixture;
  let canary: SimulatorControl;
  let publisher: MqttClient;
  let folder: string;
  let rulesFile: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uns-rules-'));
    rulesFile = join(folder, 'rules.yaml');
    await writeFile(rulesFile, defaultRules);
    fixture = await startStack({
      rulesFile,
      environment: { ingest: { UNS_IDENTITY_PROPERTY: 'tagId', INGEST_MAX_METRIC_BYTES: '10000' } },
    });
    canary = new SimulatorControl(fixture.stack.endpoints.canaryUrl);
    publisher = await connectAsync(fixture.stack.endpoints.mqttUrl);
  }, 120_000);
  afterAll(async () => {
    await publisher.endAsync(true);
    await fixture[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const sql = () => fixture.stack.sql;
  const publish = (topic: string, payload: Buffer) => publisher.publishAsync(`spBv1.0/${topic}`, payload, { qos: 0 });
  const equal = (total: number) =>
    eventually(async () => {
      expect(await parity(sql(), await canaryTags(canary))).toEqual({ matched: total, total, different: [] });
      const [pending] = await sql()<{ n: number }[]>`
        select count(*)::int as n from uns_meta.metric_sync where dirty_since is not null or delivery_id is not null`;
      expect(pending?.n).toBe(0);
    }, patience);
  const quarantined = async (): Promise<Record<string, number>> => {
    const page = await (await fetch(new URL('/metrics', fixture.stack.endpoints.apps.ingest[0]?.adminUrl))).text();
    const samples = page.matchAll(/^uns_ingest_quarantined_total\{[^}]*reason="(\w+)"[^}]*\} (\d+)$/gmu);
    return Object.fromEntries([...samples].map(([, reason, n]) => [reason, Number(n)]));
  };

  it('B3 TC-30 PROMISE-7 50 metrics of 1,000, broken in 10 ways, cost the other 950 nothing', async () => {
    const good = Object.fromEntries(
      Array.from({ length: 950 }, (_, i) => [`Tag/${i}`, { engUnit: `unit ${i}`, index: i }]),
    );
    const broken = Array.from({ length: 5 }, (_, i) => brokenMetrics.map(({ bytes }) => bytes(i))).flat();
    const before = await quarantined();
    const lines = fixture.log.lines.length;
    await publish('Secil/DBIRTH/Portugal/Broken', Buffer.concat([birthOf(good), ...broken]));

    await eventually(async () => expect((await parity(sql(), new Map())).total).toBe(950), patience);
    await equal(950);
    const tags = await canaryTags(canary, 'Secil.Portugal.Broken');
    expect(tags.size).toBe(950);
    for (const [name, properties] of Object.entries(good)) {
      const found = tags.get(`Secil.Portugal.Broken.${name.replace('/', '.')}`);
      expect(Object.fromEntries(found ?? [])).toEqual(properties);
    }

    const fivePerReason = Object.fromEntries(brokenMetrics.map(({ reason }) => [reason, 5]));
    const entries = await sql()<{ reason: string; n: number }[]>`
      select reason, sum(occurrences)::int as n from uns_meta.birth_quarantine where device = 'Broken' group by reason`;
    expect(Object.fromEntries(entries.map(({ reason, n }) => [reason, n]))).toEqual(fivePerReason);
    const after = await quarantined();
    expect(
      Object.fromEntries(brokenMetrics.map(({ reason }) => [reason, (after[reason] ?? 0) - (before[reason] ?? 0)])),
    ).toEqual(fivePerReason);
    const warnings = fixture.log.lines.slice(lines).filter((line) => line.startsWith('ingest:'));
    expect(warnings).toEqual([expect.stringContaining('quarantined={')]);
  }, 120_000);

  it('B4 TC-13 TC-30 metrics keep their identity through renames, swaps and other rules, and Canary gets all on the new tags', async () => {
    const topic = 'Secil/DBIRTH/Maceira-Ignition-Edge/Kiln-K1';
    const of = (names: Tags): Tags => ({ ...names, 'Burner/Flow': { engUnit: 'm³/h', engHigh: 900 } });
    await publish(
      topic,
      birthOf(
        of({
          Old: { engUnit: 'bar', engHigh: 16 },
          X: { engUnit: 'kW', engHigh: 1 },
          Y: { engUnit: 'MW', engHigh: 2 },
          Before: { engUnit: 'rpm', tagId: 101 },
          S1: { engUnit: 'A', tagId: 102 },
          S2: { engUnit: 'V', tagId: 103 },
        }),
      ),
    );
    await equal(957);
    const before = await idsByName(sql());

    await sql().begin(async (tx) => {
      for (const [from, to] of [
        ['Old', 'New'],
        ['X', 'Y'],
        ['Y', 'X'],
      ] as const)
        await tx`select uns_meta.declare_rename('Secil', 'Maceira-Ignition-Edge', 'Kiln-K1', ${from}, ${to})`;
    });
    const renamed = of({
      New: { engUnit: 'bar', engHigh: 16 },
      Y: { engUnit: 'kW', engHigh: 1 },
      X: { engUnit: 'MW', engHigh: 2 },
      After: { engUnit: 'rpm', tagId: 101 },
      S2: { engUnit: 'A', tagId: 102 },
      S1: { engUnit: 'V', tagId: 103 },
    });
    await publish(topic, birthOf(renamed));
    const ids = {
      New: before['Old'],
      X: before['Y'],
      Y: before['X'],
      After: before['Before'],
      S1: before['S2'],
      S2: before['S1'],
      'Burner/Flow': before['Burner/Flow'],
    };
    await eventually(async () => expect(await idsByName(sql())).toMatchObject(ids), patience);
    await equal(957);
    const onTags = async (under: string): Promise<Tags> => {
      const tags = await canaryTags(canary, under);
      return Object.fromEntries(
        Object.keys(renamed).map((name) => [
          name,
          Object.fromEntries(tags.get(`${under}.${name.replace('/', '.')}`) ?? []),
        ]),
      ) as Tags;
    };
    const first = 'Secil.Maceira-Ignition-Edge.Kiln-K1';
    expect(await onTags(first)).toEqual(renamed);
    const leftAlone = await canaryTags(canary, first);
    expect(Object.fromEntries(leftAlone.get(`${first}.Old`) ?? [])).toEqual({ engUnit: 'bar', engHigh: 16 });
    expect(Object.fromEntries(leftAlone.get(`${first}.Before`) ?? [])).toEqual({ engUnit: 'rpm', tagId: 101 });

    await writeFile(
      rulesFile,
      `version: 1
rules:
  - rule: maceira
    match: { edge: Maceira-Ignition-Edge, device: Kiln-K1 }
    device: Secil/Portugal/Cement/Maceira/Kiln-K1
`,
    );
    await fixture.stack.restart('ingest', AbortSignal.timeout(30_000));
    const second = 'Secil.Portugal.Cement.Maceira.Kiln-K1';
    await eventually(async () => expect(await onTags(second)).toEqual(renamed), patience);
    await publish(topic, birthOf(renamed));
    await equal(957);
    expect(await onTags(second)).toEqual(renamed);
    expect(await idsByName(sql())).toMatchObject(ids);
    const path = (place: string, name: string) => `${place.replaceAll('.', '/')}/${name}`;
    expect(await lineageOf(sql(), ids.New ?? '')).toEqual([
      `${path(first, 'Old')} -> ${path(first, 'New')}`,
      `${path(first, 'New')} -> ${path(second, 'New')}`,
    ]);
    expect(await lineageOf(sql(), ids.X ?? '')).toEqual([
      `${path(first, 'Y')} -> ${path(first, 'X')}`,
      `${path(first, 'X')} -> ${path(second, 'X')}`,
    ]);
    expect(await lineageOf(sql(), ids['Burner/Flow'] ?? '')).toEqual([
      `${path(first, 'Burner/Flow')} -> ${path(second, 'Burner/Flow')}`,
    ]);
    expect(await canary.stats()).toMatchObject({ tvqs: 0, noDataPoints: 0, staleWrites: 0, unknownTagWrites: 0 });
  }, 120_000);
});
