import { DeviceModel, EdgeNode } from '@uns/edge-simulator';
import { SimulatorControl } from '@uns/canary-simulator';
import { eventually } from '@uns/local-servers/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync } from 'mqtt';
import sparkplug from 'sparkplug-client';
import { canaryTags, canaryWrites } from './canary-view.ts';
import { parity } from './parity.ts';
import { startStack, type StackFixture } from './stack-fixture.ts';

const patience = { timeoutMs: 45_000, intervalMs: 100 };

describe('from a birth to Canary, all apps as processes on real servers', () => {
  let fixture: StackFixture;
  let canary: SimulatorControl;

  beforeAll(async () => {
    fixture = await startStack();
    canary = new SimulatorControl(fixture.stack.endpoints.canaryUrl);
  }, 120_000);
  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
  }, 60_000);
  afterEach(() => canary.clearFaults());

  const sql = () => fixture.stack.sql;
  const equal = () =>
    eventually(async () => {
      const { matched, total, different } = await parity(sql(), await canaryTags(canary));
      expect({ different, matched, log: different.length === 0 ? [] : fixture.log.lines.slice(-5) }).toEqual({
        different: [],
        matched: total,
        log: [],
      });
      const [pending] = await sql()<{ n: number }[]>`
        select count(*)::int as n from uns_meta.metric_sync where dirty_since is not null or delivery_id is not null`;
      expect(pending?.n).toBe(0);
    }, patience);
  const births = async (count: number) =>
    eventually(async () => {
      const [row] = await sql()<
        { n: number }[]
      >`select count(*)::int as n from uns_meta.devices where birth_fingerprint is not null`;
      expect(row?.n).toBe(count);
    }, patience);
  const counts = async () => {
    const [row] = await sql()<
      { metrics: string; properties: string; versions: string; quarantined: string; updated: string }[]
    >`
      select (select count(*) from uns_meta.metrics) as metrics, (select count(*) from uns_meta.metric_properties) as properties,
        (select count(*) from uns_meta.metric_versions) as versions, (select count(*) from uns_meta.birth_quarantine) as quarantined,
        (select max(updated_at) from uns_meta.metric_properties)::text as updated`;
    if (row === undefined) throw new Error('no counts');
    return { ...row, writes: await canaryWrites(canary) };
  };

  it('TC-30 PROMISE-5 delivers every property of every tag, and no value', async () => {
    const cement = new DeviceModel({ device: 'Cement', metrics: 300, seed: 1 });
    const concrete = new DeviceModel({ device: 'Concrete', metrics: 200, seed: 2 });
    const edge = await EdgeNode.connect({
      url: fixture.stack.endpoints.mqttUrl,
      group: 'Secil',
      edge: 'Portugal',
      devices: [cement, concrete],
      compression: 'gzip',
    });
    await edge.publishBirths();
    await births(2);
    await equal();
    expect((await parity(sql(), await canaryTags(canary))).total).toBe(500);

    const edited = cement.editDescription('Gas temperature after the preheater, corrected');
    const removed = cement.removeProperty('engLow');
    const added = cement.addTag();
    await edge.publishDeviceBirth(cement);
    const path = (name: string): string => `Secil.Portugal.Cement.${name.replaceAll('/', '.')}`;
    await eventually(async () => {
      const tags = await canaryTags(canary);
      const of = (name: string) =>
        tags.get([...tags.keys()].find((tag) => tag.endsWith(path(name).slice('Secil'.length))) ?? '');
      expect(of(edited)?.get('documentation')).toBe('Gas temperature after the preheater, corrected');
      expect(of(removed)?.get('engLow')).toBe('');
      expect(of(added)?.size).toBeGreaterThan(0);
    }, patience);
    await equal();
    await edge.stop();
    const stats = await canary.stats();
    expect(stats).toMatchObject({ tvqs: 0, noDataPoints: 0, extendedPoints: 0, status429: 0, unknownTagWrites: 0 });
  }, 120_000);

  it('TC-30 TC-11 takes births of another publisher, and the same birth again changes nothing', async () => {
    const { mqttUrl } = fixture.stack.endpoints;
    await using release = new AsyncDisposableStack();
    const listener = await connectAsync(mqttUrl);
    release.defer(() => listener.endAsync(true));
    await listener.subscribeAsync('spBv1.0/Other Group/DBIRTH/#');
    const arrived: Buffer[] = [];
    listener.on('message', (_topic, payload) => arrived.push(payload));
    const properties = {
      engUnit: { type: 'String', value: '°C' },
      engHigh: { type: 'Double', value: 1450.25 },
      count: { type: 'Int32', value: 42 },
      big: { type: 'Int64', value: 9_007_199_254_740_991 },
      ratio: { type: 'Float', value: 0.5 },
      enabled: { type: 'Boolean', value: true },
      nothing: { type: 'String', value: '' },
    } as const;
    const birth = {
      timestamp: Date.now(),
      metrics: Array.from({ length: 20 }, (_, i) => ({
        name: `Line ${i}/Température`,
        timestamp: Date.now(),
        type: 'Double' as const,
        value: i,
        properties: { ...properties, index: { type: 'Int32' as const, value: i } },
      })),
    };
    const client = sparkplug.newClient({
      serverUrl: mqttUrl,
      username: '',
      password: '',
      groupId: 'Other Group',
      edgeNode: 'Edge',
      clientId: 'another-publisher',
      version: 'spBv1.0',
      publishDeath: true,
    });
    release.defer(() => client.stop());
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject);
      client.on('birth', () => {
        client.publishNodeBirth({ timestamp: Date.now(), metrics: [] });
        client.publishDeviceBirth('Device 1', birth);
        resolve();
      });
    });
    const expected = {
      engUnit: '°C',
      engHigh: 1450.25,
      count: 42,
      big: 9_007_199_254_740_991,
      ratio: 0.5,
      enabled: true,
      nothing: '',
    };
    await eventually(async () => {
      const tags = await canaryTags(canary);
      for (let i = 0; i < 20; i += 1) {
        const tag = tags.get(`Other Group.Edge.Device 1.Line ${i}.Température`);
        expect(Object.fromEntries(tag ?? [])).toEqual({ ...expected, index: i });
      }
    }, patience);
    await equal();

    const before = await counts();
    const [row] = await sql()<
      { at: Date }[]
    >`select last_birth_at as at from uns_meta.devices where device = 'Device 1'`;
    const heard = arrived.length;
    client.publishDeviceBirth('Device 1', { ...birth, timestamp: Date.now() });
    await eventually(() => expect(arrived.length).toBe(heard + 1));
    await eventually(async () => {
      const [now] = await sql()<
        { at: Date }[]
      >`select last_birth_at as at from uns_meta.devices where device = 'Device 1'`;
      expect(now?.at.getTime()).toBeGreaterThan(row?.at.getTime() ?? Infinity);
    }, patience);
    // A change of another device, delivered whole, shows that the debounce of the identical birth is over too.
    const other = new DeviceModel({ device: 'Marker', metrics: 1, seed: 9 });
    const edge = await EdgeNode.connect({ url: mqttUrl, group: 'Secil', edge: 'Brazil', devices: [other] });
    await edge.publishBirths();
    await births(4);
    await equal();
    const after = await counts();
    const marker = (
      await sql()`select count(*)::int as n from uns_meta.metric_properties p join uns_meta.metrics m using (metric_id)
      where m.uns_path like 'Secil/Brazil/%'`
    )[0];
    expect(Number(after.metrics)).toBe(Number(before.metrics) + 1);
    expect(Number(after.properties)).toBe(Number(before.properties) + Number(marker?.['n']));
    expect(Number(after.versions)).toBe(Number(before.versions) + 1);
    expect(after.writes).toBe(before.writes + 1);
    await edge.stop();
  }, 120_000);

  it('TC-31 PROMISE-1 loses nothing when each app is killed in turn during a wave of births', async () => {
    const models = Array.from(
      { length: 3 },
      (_, i) => new DeviceModel({ device: `Wave ${i}`, metrics: 150, seed: 20 + i }),
    );
    const edge = await EdgeNode.connect({
      url: fixture.stack.endpoints.mqttUrl,
      group: 'Secil',
      edge: 'Waves',
      devices: models,
    });
    for (const name of ['ingest', 'cdc', 'canary-writer'] as const) {
      await eventually(() => expect(fixture.stack.endpoints.apps[name]).toHaveLength(1), patience);
      const pid = fixture.stack.endpoints.apps[name][0]?.pid ?? 0;
      const publishing = (async () => {
        for (const model of models) {
          for (let i = 0; i < 10; i += 1) model.editDescription(`before and after the death of ${name}, ${i}`);
          await edge.publishDeviceBirth(model);
        }
      })();
      process.kill(pid, 'SIGKILL');
      if (name === 'canary-writer') fixture.sessionsLost += 1;
      await publishing;
      await eventually(() => {
        const [restarted] = fixture.stack.endpoints.apps[name];
        expect(restarted).toBeDefined();
        expect(restarted?.pid).not.toBe(pid);
      }, patience);
    }
    // Births are QoS 0: those published while ingest was away are gone, and asked for again.
    await fixture.stack.ready(AbortSignal.timeout(30_000));
    await edge.publishBirths();
    await eventually(async () => {
      const [row] = await sql()<{ n: number }[]>`
        select count(*)::int as n from uns_meta.metric_properties p join uns_meta.metrics m using (metric_id)
        where m.uns_path like 'Secil/Waves/%' and p.key = 'documentation' and p.string_value like '%death of canary-writer%'`;
      expect(row?.n).toBeGreaterThan(0);
    }, patience);
    await equal();
    await edge.stop();
    expect(await canary.stats()).toMatchObject({
      tvqs: 0,
      noDataPoints: 0,
      status429: 0,
      staleWrites: 0,
      conflictingWrites: 0,
    });
  }, 180_000);
});
