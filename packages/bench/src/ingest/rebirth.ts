import { alternate, medianRatio } from '../figures/alternate.ts';
import { median, rounded } from '../figures/median.ts';
import { PlantBirth } from '../plant/plant-birth.ts';
import { measureTask } from '../processes/task.ts';
import type { Scenario } from '../scenario.ts';
import { BenchStore } from '../servers/bench-store.ts';
import { PublishedChanges } from '../servers/published-changes.ts';
import { walBytesSince, walPosition } from '../servers/wal-meter.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Edge } from './edge.ts';
import { publishBirth, startIngest } from './ingest-process.ts';

const decode = new URL('../decode/ours.ts', import.meta.url);

export const rebirth: Scenario = {
  name: 'rebirth',
  summary: 'the same birth again, against decoding alone; what it leaves in the WAL and the change stream',
  run: async ({ runs, metrics, progress, folder, signal }) => {
    const birth = new PlantBirth(metrics);
    const file = join(folder, 'birth.bin');
    await writeFile(file, await birth.encode('gzip'));
    await using store = await BenchStore.start(folder);
    await using edge = await Edge.start();
    await using database = await store.database();
    await using app = await startIngest({ edge, database, signal });
    const { seconds: firstSeconds } = await publishBirth(app, edge, await birth.encode('gzip'));
    progress(`the first birth took ${firstSeconds.toFixed(2)} s`);
    const published = await PublishedChanges.watch(database.sql);
    const versions = async (): Promise<number> => {
      const [row] = await database.sql<
        { count: number }[]
      >`select count(*)::integer as count from uns_meta.metric_history`;
      return row?.count ?? 0;
    };
    const versionsBefore = await versions();
    const ours = async (run: number) => {
      const payload = await birth.encode('gzip');
      const before = await walPosition(database.sql);
      const { seconds, line } = await publishBirth(app, edge, payload);
      if (line['outcome'] !== 'same') throw new Error(`the birth was taken for another one: ${JSON.stringify(line)}`);
      const walBytes = await walBytesSince(database.sql, before);
      progress(`${run + 1}/${runs}  the same birth: ${seconds.toFixed(3)} s, ${walBytes} bytes of WAL`);
      return { seconds, walBytes };
    };
    const theirs = async (run: number) => {
      const { seconds } = await measureTask(decode, [file], signal);
      progress(`${run + 1}/${runs}  decoding alone: ${seconds.toFixed(3)} s`);
      return seconds;
    };
    const pairs = await alternate({ runs, warmUp: true, ours, theirs, signal });
    const seconds = pairs.ours.map((one) => one.seconds);
    return {
      timeVsDecode: rounded(medianRatio(seconds, pairs.theirs), 2),
      walBytes: median(pairs.ours.map((one) => one.walBytes)),
      pgoutputMessages: await published.count(),
      versions: (await versions()) - versionsBefore,
      seconds: rounded(median(seconds)),
      decodeSeconds: rounded(median(pairs.theirs)),
      metrics: birth.metrics,
      properties: birth.properties,
    };
  },
};
