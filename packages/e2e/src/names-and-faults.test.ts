import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokenMetrics } from '@uns/edge-simulator';
import { eventually } from '@uns/local-servers/testing';
import { Datatype, encodePayload, type MetricInput } from '@uns/sparkplug';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { CanaryView } from './canary-view.ts';
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
  let canary: CanaryView;
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
    canary = new CanaryView(fixture.stack.endpoints.canaryUrl);
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
      expect(await parity(sql(), await canary.tags())).toEqual({ matched: total, total, different: [] });
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
    const tags = await canary.tags('Secil.Portugal.Broken');
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
});
