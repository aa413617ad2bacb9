import { median, rounded } from '../figures/median.ts';
import { PlantBirth } from '../plant/plant-birth.ts';
import { forgetPeak, peakRssMb } from '../processes/memory.ts';
import type { BenchContext, Scenario } from '../scenario.ts';
import { BenchStore } from '../servers/bench-store.ts';
import { Edge } from './edge.ts';
import { publishBirth, startIngest } from './ingest-process.ts';

/** The design limit. */
const limit = 1_000_000;

interface Birth {
  metrics: number;
  properties: number;
  payload: Buffer;
}

export const million: Scenario = {
  name: 'million',
  summary: `the first birth of ${limit.toLocaleString('en')} metrics: memory of ingest, and cost per metric against the plant's birth`,
  defaultRuns: 1,
  run: async (context) => {
    const { runs, metrics, progress, folder, signal } = context;
    const large = await encode(limit);
    const small = await encode(metrics);
    progress(`${large.metrics} metrics, ${large.properties} properties, ${large.payload.length} bytes`);
    await using store = await BenchStore.start(folder);
    await using edge = await Edge.start();
    // The first birth of a server is slower: its files are new to the system.
    await measure(store, edge, small, context);
    const pairs: { large: Measured; small: Measured }[] = [];
    for (let run = 0; run < runs; run += 1) {
      signal.throwIfAborted();
      pairs.push({
        small: await measure(store, edge, small, context),
        large: await measure(store, edge, large, context),
      });
    }
    const ofLarge = (name: keyof Measured): number => median(pairs.map((pair) => pair.large[name]));
    return {
      peakRssMb: Math.round(ofLarge('peakRssMb')),
      costVs98k: rounded(
        median(pairs.map((pair) => pair.large.seconds / large.metrics / (pair.small.seconds / small.metrics))),
      ),
      seconds: rounded(ofLarge('seconds'), 1),
      rebirthSeconds: rounded(ofLarge('rebirthSeconds'), 1),
      plant: {
        metrics: small.metrics,
        seconds: rounded(median(pairs.map((pair) => pair.small.seconds)), 2),
        peakRssMb: Math.round(median(pairs.map((pair) => pair.small.peakRssMb))),
      },
      metrics: large.metrics,
      properties: large.properties,
      bytes: large.payload.length,
    };
  },
};

async function encode(metrics: number): Promise<Birth> {
  const birth = new PlantBirth(metrics);
  return { metrics, properties: birth.properties, payload: await birth.encode('gzip') };
}

interface Measured {
  seconds: number;
  rebirthSeconds: number;
  peakRssMb: number;
}

async function measure(
  store: BenchStore,
  edge: Edge,
  { metrics, properties, payload }: Birth,
  { progress, signal }: BenchContext,
): Promise<Measured> {
  await using database = await store.database();
  await using app = await startIngest({ edge, database, signal });
  await database.sql`checkpoint`;
  await forgetPeak(app.pid);
  const { seconds } = await publishBirth(app, edge, payload);
  const { seconds: rebirthSeconds } = await publishBirth(app, edge, payload);
  const measured = { seconds, rebirthSeconds, peakRssMb: await peakRssMb(app.pid) };
  const [stored] = await database.sql<{ metrics: number; properties: number }[]>`
    select
      (select count(*) from uns_meta.metrics)::integer as metrics,
      (select count(*) from uns_meta.metric_properties)::integer as properties`;
  if (stored?.metrics !== metrics || stored.properties !== properties) {
    throw new Error(`stored are ${JSON.stringify(stored)} of ${metrics} metrics with ${properties} properties`);
  }
  progress(
    `${metrics} metrics: ${seconds.toFixed(1)} s, again ${rebirthSeconds.toFixed(1)} s, ${Math.round(measured.peakRssMb)} MB`,
  );
  return measured;
}
