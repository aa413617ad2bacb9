import { leftovers, SimulatorControl, type ListedTag } from '@uns/canary-simulator';
import { resolveRedis } from '@uns/local-servers';
import { sleep } from '@uns/service';
import type { TagOutcome, WriteJob } from '@uns/uns';
import { peakRssMb } from '../processes/memory.ts';
import { AppProcess } from '../processes/app-process.ts';
import { openQueues } from '../rate/queues.ts';
import { startSimulatorProcess } from '../rate/simulator-process.ts';
import { writerEnvironment } from '../rate/writer-environment.ts';
import type { BenchContext } from '../scenario.ts';
import { plantTag, tagJobs } from './tag-jobs.ts';

/** Tags that Canary does not have until all others are delivered, and as many that it never has. */
const lateTags = 150;
/** cdc waits five minutes and longer. */
const againMs = 2000;
const lateWithinMs = 90_000;
const capRps = 500;

export type DatasetsResult = {
  tags: number;
  /** Tags of each dataset; a write to another one would have made more of them. */
  datasets: Record<string, number>;
  delivered: number;
  /** Tags without exactly the one property, in the one dataset that holds them. */
  wrong: number;
  /** Tags made after everything else was delivered, and delivered then, by the same writer. */
  lateDelivered: number;
  /** From their making until the last of them was delivered. */
  lateSeconds: number;
  /** Tags put off because no dataset holds them. */
  putOff: number;
  unknownTagWrites: number;
  secondsUntilDelivered: number;
  requests: number;
  lookups: number;
  maxWindow: number;
  status429: number;
  writerPeakRssMb: number;
  leftovers: string[];
};

/** A plant whose tags fill several datasets: does each write go to the one that holds the tag? */
export async function measureDatasets({ metrics, folder, progress, signal }: BenchContext): Promise<DatasetsResult> {
  await using release = new AsyncDisposableStack();
  progress('starting Redis and the simulator');
  const redis = release.use(await resolveRedis({ dataDir: folder, appendOnly: true, onProgress: progress }));
  const simulator = release.use(await startSimulatorProcess(capRps));
  const canary = new SimulatorControl(simulator.controlUrl);
  const numbers = Array.from({ length: metrics }, (_, i) => i + 1);
  progress(`making ${metrics} tags, which roll over into the next dataset after 25,000`);
  await canary.provision(numbers.map(plantTag));
  const last = new Map<string, TagOutcome['outcome']>();
  const queue = release.use(
    await openQueues(redis.url, ({ outcomes }) => {
      for (const { metricId, outcome } of outcomes) last.set(metricId, outcome);
    }),
  );
  const count = (wanted: TagOutcome['outcome']): number => [...last.values()].filter((one) => one === wanted).length;
  /** Sends what cdc would send, and waits for what becomes of it. */
  const deliver = async (jobs: WriteJob[]): Promise<void> => {
    const wanted = jobs.flatMap(({ tags }) => tags.map(({ metricId }) => metricId));
    for (const metricId of wanted) last.delete(metricId);
    await queue.writes.add(jobs);
    while (wanted.some((metricId) => !last.has(metricId))) await sleep(100, signal);
  };

  const env = await writerEnvironment({ redisUrl: redis.url, simulator, folder });
  const writer = await AppProcess.start('canary-writer', {
    ADMIN_HOST: '127.0.0.1',
    ADMIN_PORT: '0',
    CANARY_RPS_CAP: String(capRps),
    ...env,
  });
  release.use(writer);
  progress('delivering');
  const startedMs = performance.now();
  await deliver(tagJobs(numbers));
  const seconds = (performance.now() - startedMs) / 1000;

  progress(`${2 * lateTags} tags that Canary does not have`);
  const late = Array.from({ length: 2 * lateTags }, (_, i) => metrics + 1 + i);
  await deliver(tagJobs(late));
  const putOff = count('deferred');
  progress('half of them are made now; what was put off is delivered again and again, as cdc does');
  const made = late.slice(0, lateTags);
  await canary.provision(made.map(plantTag));
  const madeMs = performance.now();
  const delivered = (): number => made.filter((number) => last.get(String(number)) === 'delivered').length;
  while (delivered() < made.length && performance.now() - madeMs < lateWithinMs) {
    await sleep(againMs, signal);
    await deliver(tagJobs(late.filter((number) => last.get(String(number)) === 'deferred')));
  }
  const lateSeconds = (performance.now() - madeMs) / 1000;

  progress('looking at every tag');
  const all = await canary.allTags();
  const writerPeakRssMb = await peakRssMb(writer.pid);
  await writer.stop();
  const stats = await canary.stats();
  const [historian] = Object.values(stats.historians);
  const expected = metrics + lateTags;
  return {
    tags: all.length,
    datasets: historian?.datasets ?? {},
    delivered: count('delivered'),
    wrong: Math.abs(expected - all.length) + all.filter((tag) => !hasItsProperty(tag)).length,
    lateDelivered: delivered(),
    lateSeconds: Math.round(lateSeconds * 10) / 10,
    putOff,
    unknownTagWrites: stats.unknownTagWrites,
    secondsUntilDelivered: Math.round(seconds * 10) / 10,
    requests: stats.requestsTotal,
    lookups: sum(stats.requests['/api/v2/browseTags']) + sum(stats.requests['/api/v2/browseNodes']),
    maxWindow: stats.maxRequestsPerSecond,
    status429: stats.status429,
    writerPeakRssMb: Math.round(writerPeakRssMb),
    leftovers: leftovers(stats),
  };
}

const hasItsProperty = ({ properties }: ListedTag): boolean =>
  Object.keys(properties).length === 1 && properties['engUnit']?.value === 'kcal/kg';

const sum = (counts: Readonly<Record<string, number>> = {}): number => Object.values(counts).reduce((a, b) => a + b, 0);
