import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@uns/local-servers/testing';
import { median, rounded } from '../figures/median.ts';
import { Edge } from '../ingest/edge.ts';
import { startIngest } from '../ingest/ingest-process.ts';
import { PlantBirth } from '../plant/plant-birth.ts';
import { forgetPeak, peakRssMb } from '../processes/memory.ts';
import { readSample } from '../processes/prometheus.ts';
import type { BenchContext, Scenario } from '../scenario.ts';
import { BenchStore, type BenchDatabase } from '../servers/bench-store.ts';
import { SlowProxy } from './slow-proxy.ts';

const [devices, births] = [20, 10];
const betweenBirthsMs = 300;
/** Of each piece of at most 64 KiB to and from PostgreSQL. */
const lateMs = 5;
/** Room for the newest birth of each device several times, and not for all of them. */
const mailboxBytes = 8_000_000;

export const storm: Scenario = {
  name: 'storm',
  summary: `${devices} devices born ${births} times within seconds, every other one changed, while PostgreSQL is slow`,
  run: async (context) => {
    const { runs, folder, signal } = context;
    await using store = await BenchStore.start(folder);
    const measured: Storm[] = [];
    for (let run = 0; run < runs; run += 1) {
      signal.throwIfAborted();
      measured.push(await oneStorm(store, context));
    }
    const of = (name: keyof Storm): number => median(measured.map((one) => one[name]));
    const most = (name: keyof Storm): number => Math.max(...measured.map((one) => one[name]));
    return {
      mailboxPeakBytes: most('mailboxPeakBytes'),
      mailboxBoundBytes: of('mailboxBoundBytes'),
      loopDelayP99Ms: rounded(of('loopDelayP99Ms'), 1),
      loopDelayMaxMs: rounded(most('loopDelayMaxMs'), 1),
      disconnects: most('disconnects'),
      finalStateIsNewest: true,
      birthsPublished: of('published'),
      birthsWritten: of('written'),
      secondsUntilNewest: rounded(of('seconds'), 1),
      peakRssMb: Math.round(most('peakRssMb')),
      devices,
      metricsPerDevice: of('metricsPerDevice'),
    };
  },
};

interface Storm {
  mailboxPeakBytes: number;
  mailboxBoundBytes: number;
  loopDelayP99Ms: number;
  loopDelayMaxMs: number;
  disconnects: number;
  published: number;
  written: number;
  seconds: number;
  peakRssMb: number;
  metricsPerDevice: number;
}

async function oneStorm(store: BenchStore, { metrics, progress, signal }: BenchContext): Promise<Storm> {
  const metricsPerDevice = Math.round(metrics / devices);
  const plants = Array.from({ length: devices }, (_, at) => new PlantBirth(metricsPerDevice, `Device ${at}`, at + 1));
  const rounds = await encodeRounds(plants);
  await using edge = await Edge.start();
  await using database = await store.database();
  const url = new URL(database.url);
  await using proxy = await SlowProxy.start({ host: url.hostname, port: Number(url.port) }, lateMs);
  url.port = String(proxy.port);
  await using app = await startIngest({
    edge,
    database,
    signal,
    env: {
      POSTGRES_URL: `${url.href}?role=uns_meta_app`,
      INGEST_MAILBOX_BYTES: String(mailboxBytes),
    },
  });
  // What is measured of the event loop begins anew with each scrape.
  await app.prometheus();
  await forgetPeak(app.pid);
  const startedMs = performance.now();
  for (const round of rounds) {
    for (const { device, payload } of round) await edge.publish(device, payload);
    await delay(betweenBirthsMs);
  }
  progress(`${devices * births} births published in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  const newest = rounds.at(-1) ?? [];
  await eventually(() => (signal.aborted ? undefined : expectNewest(database, newest, metricsPerDevice)), {
    timeoutMs: 400_000,
    intervalMs: 200,
  });
  signal.throwIfAborted();
  const seconds = (performance.now() - startedMs) / 1000;
  const text = await app.prometheus();
  const sample = (name: string, labels = ''): number => readSample(text, name, labels);
  const outcome: Storm = {
    mailboxPeakBytes: sample('uns_ingest_mailbox_peak_bytes'),
    mailboxBoundBytes: sample('uns_ingest_mailbox_bound_bytes'),
    loopDelayP99Ms: sample('nodejs_eventloop_lag_p99_seconds') * 1000,
    loopDelayMaxMs: sample('nodejs_eventloop_lag_max_seconds') * 1000,
    disconnects: sample('uns_ingest_broker_reconnects_total'),
    published: devices * births,
    written: sample('uns_ingest_births_total', 'outcome="written"'),
    seconds,
    peakRssMb: await peakRssMb(app.pid),
    metricsPerDevice,
  };
  progress(`newest births stored after ${seconds.toFixed(1)} s: ${JSON.stringify(outcome)}`);
  return outcome;
}

function textOf(plant: PlantBirth, name: string): string {
  for (const property of plant.model.propertiesOf(name)) {
    if (property.key === 'documentation' && 'value' in property && typeof property.value === 'string')
      return property.value;
  }
  return '';
}

/** Encoded beforehand: encoding takes longer than the births may be apart. */
async function encodeRounds(plants: readonly PlantBirth[]): Promise<Birth[][]> {
  const rounds: Birth[][] = [];
  const firstAt = Date.now() - births * betweenBirthsMs;
  for (let birth = 0; birth < births; birth += 1) {
    const round: Birth[] = [];
    for (const [at, plant] of plants.entries()) {
      const marked = plant.model.tagNames[0] ?? '';
      if (at % 2 === 0) plant.model.editDescription(`birth ${birth}`, marked);
      const timestamp = firstAt + birth * betweenBirthsMs;
      const payload = await plant.encode('gzip', timestamp);
      round.push({ device: plant.model.device, timestamp, payload, marked, documentation: textOf(plant, marked) });
    }
    rounds.push(round);
  }
  return rounds;
}

interface Birth {
  device: string;
  timestamp: number;
  payload: Buffer;
  marked: string;
  documentation: string;
}

async function expectNewest({ sql }: BenchDatabase, newest: readonly Birth[], metrics: number): Promise<void> {
  const rows = await sql<{ device: string; timestamp: string; metrics: number }[]>`
    select d.device, round(extract(epoch from d.birth_timestamp) * 1000)::text as timestamp,
      (select count(*)::integer from uns_meta.metrics m where m.device_id = d.device_id and m.retired_at is null) as metrics
    from uns_meta.devices d`;
  for (const { device, timestamp, marked, documentation } of newest) {
    const row = rows.find((stored) => stored.device === device);
    if (row?.timestamp !== String(timestamp) || row.metrics !== metrics)
      throw new Error(`${device} is not its newest birth: ${JSON.stringify(row)}`);
    const [property] = await sql<{ value: string }[]>`
      select p.string_value as value
      from uns_meta.metric_properties p
      join uns_meta.metrics m using (metric_id)
      join uns_meta.devices d using (device_id)
      where d.device = ${device} and m.name = ${marked} and p.key = 'documentation'`;
    if (property?.value !== documentation) throw new Error(`${device} has the documentation ${property?.value ?? '-'}`);
  }
}
