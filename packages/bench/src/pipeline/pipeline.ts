import { SimulatorControl } from '@uns/canary-simulator';
import { eventually } from '@uns/local-servers/testing';
import { LocalStack, readParity, type StackLog } from '@uns/local-stack';
import { canaryId, createPathMapper, defaultPathRules } from '@uns/uns';
import { connectAsync } from 'mqtt';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { median, rounded } from '../figures/median.ts';
import { PlantBirth } from '../plant/plant-birth.ts';
import type { BenchContext, Scenario } from '../scenario.ts';

const debounceSeconds = 2;
// Looking costs some of what is measured.
const patience = { timeoutMs: 300_000, intervalMs: 250 };

export const pipeline: Scenario = {
  name: 'pipeline',
  summary: `the first birth of a plant through all apps until the simulated Canary has every property, with a debounce of ${debounceSeconds} s`,
  defaultRuns: 1,
  run: async (context) => {
    const measured: Stages[] = [];
    for (let run = 0; run < context.runs; run += 1) {
      context.signal.throwIfAborted();
      measured.push(await once(context, run));
    }
    const of = (name: keyof Stages): number => rounded(median(measured.map((one) => one[name])), 1);
    return {
      secondsUntilEqual: of('equal'),
      debounceSeconds,
      secondsAfterDebounce: rounded(of('equal') - debounceSeconds, 1),
      decodeSeconds: of('decode'),
      stages: {
        written: of('written'),
        replicated: of('replicated'),
        flushed: of('flushed'),
        equal: of('equal'),
      },
      requests: of('requests'),
      maxRequestsPerSecond: of('maxRequestsPerSecond'),
      metrics: context.metrics,
    };
  },
};

/** When each stage was over, in seconds since the birth was published. */
interface Stages {
  /** How long ingest read the birth. */
  decode: number;
  written: number;
  replicated: number;
  flushed: number;
  /** Every property was acknowledged, and as a comparison with the simulator's store showed afterwards, was there. */
  equal: number;
  requests: number;
  maxRequestsPerSecond: number;
}

async function once({ metrics, folder, progress, signal }: BenchContext, run: number): Promise<Stages> {
  const plant = new PlantBirth(metrics);
  let decode = Number.NaN;
  const log: StackLog = {
    step: () => undefined,
    notice: progress,
    line: (from, { text }) => {
      const read = from === 'ingest' ? /\bbirth\b.*\breadMs=(\d+)/u.exec(text)?.[1] : undefined;
      if (read !== undefined) decode = Number(read) / 1000;
    },
  };
  const stack = await LocalStack.start({
    folder: join(folder, `stack-${run}`),
    log,
    signal,
    // In a plant the tags are there before their metadata is.
    makesTags: false,
    options: { debounceSeconds, writers: 1, cdcs: 1, rate: 500, postgres: 16, brokerUrl: null, keep: false },
  });
  try {
    await stack.ready(AbortSignal.any([signal, AbortSignal.timeout(60_000)]));
    const canary = new SimulatorControl(stack.simulator.controlUrl);
    await provision(canary, plant);
    const publisher = await connectAsync(stack.endpoints.mqttUrl);
    const payload = await plant.encode('gzip');
    const startedMs = performance.now();
    const since = (): number => (performance.now() - startedMs) / 1000;
    await publisher.publishAsync('spBv1.0/Secil/DBIRTH/Portugal/Cement', payload, { qos: 0 });
    const stage = async (name: string, query: (sql: Sql) => Promise<boolean>): Promise<number> => {
      await eventually(async () => {
        signal.throwIfAborted();
        if (!(await query(stack.sql))) throw new Error(`not yet ${name}`);
      }, patience);
      progress(`${name} after ${since().toFixed(1)} s`);
      return since();
    };
    const written = await stage('written', (sql) =>
      isTrue(sql`select exists (select from uns_meta.devices where birth_fingerprint is not null) as yes`),
    );
    const replicated = await stage('marked dirty', (sql) =>
      // The last one is marked last; all are counted only then.
      isTrue(sql`
        select case when exists (select from uns_meta.metric_sync where metric_id = (select max(metric_id) from uns_meta.metrics))
          then (select count(*) = ${metrics} from uns_meta.metric_sync) end as yes`),
    );
    // Of what is due and of what is in flight there is an index each.
    const flushed = await stage('enqueued', (sql) =>
      isTrue(
        sql`select not exists (select from uns_meta.metric_sync where due_at is not null and delivery_id is null) as yes`,
      ),
    );
    const equal = await stage('delivered', (sql) =>
      isTrue(sql`
        select not exists (select from uns_meta.metric_sync where due_at is not null and delivery_id is null)
          and not exists (select from uns_meta.metric_sync where delivery_id is not null) as yes`),
    );
    const { requestsTotal, maxRequestsPerSecond } = await canary.stats();
    const { matched, total, differences } = await readParity({ sql: stack.sql, canary });
    if (matched !== metrics || total !== metrics)
      throw new Error(`${matched} of ${total} are equal: ${differences[0] ?? ''}`);
    progress(`every property compared after ${since().toFixed(1)} s`);
    await publisher.endAsync(true);
    return { decode, written, replicated, flushed, equal, requests: requestsTotal, maxRequestsPerSecond };
  } finally {
    await stack.stop();
  }
}

async function provision(canary: SimulatorControl, plant: PlantBirth): Promise<void> {
  const mapper = createPathMapper(defaultPathRules).forDevice({ group: 'Secil', edge: 'Portugal', device: 'Cement' });
  const tags = plant.model.tagNames.map((name) => {
    const path = mapper.metric(name);
    if (!path.ok) throw new Error(`no path for ${name}: ${path.detail}`);
    return canaryId(path.unsPath);
  });
  for (let from = 0; from < tags.length; from += 10_000) await canary.provision(tags.slice(from, from + 10_000));
}

async function isTrue(query: PromiseLike<readonly { [column: string]: unknown }[]>): Promise<boolean> {
  return (await query)[0]?.['yes'] === true;
}
