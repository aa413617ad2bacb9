import { alternate, medianRatio } from '../figures/alternate.ts';
import { median, rounded } from '../figures/median.ts';
import { PlantBirth } from '../plant/plant-birth.ts';
import { forgetPeak, peakRssMb } from '../processes/memory.ts';
import type { Scenario } from '../scenario.ts';
import { BenchStore } from '../servers/bench-store.ts';
import { walBytesSince, walPosition } from '../servers/wal-meter.ts';
import { Edge } from './edge.ts';
import { Floor } from './floor.ts';
import { publishBirth, startIngest } from './ingest-process.ts';

export const ingest: Scenario = {
  name: 'ingest',
  summary: 'the first birth of a plant, from the MQTT packet to the commit, against COPY of the same rows',
  run: async ({ runs, metrics, progress, folder, signal }) => {
    const birth = new PlantBirth(metrics);
    const payload = await birth.encode('gzip');
    progress(`${birth.metrics} metrics, ${birth.properties} properties, ${payload.length} bytes`);
    await using store = await BenchStore.start(folder);
    await using edge = await Edge.start();
    const floors: Floor[] = [];
    const ours = async (run: number) => {
      await using database = await store.database();
      await using app = await startIngest({ edge, database, signal });
      await database.sql`checkpoint`;
      await forgetPeak(app.pid);
      const before = await walPosition(database.sql);
      const { seconds, line } = await publishBirth(app, edge, payload);
      const measured = {
        seconds,
        readSeconds: Number(line['readMs']) / 1000,
        peakRssMb: await peakRssMb(app.pid),
        walBytes: await walBytesSince(database.sql, before),
      };
      progress(
        `${run + 1}/${runs}  ours: ${seconds.toFixed(2)} s, of that ${measured.readSeconds.toFixed(2)} s reading`,
      );
      if (floors.length === 0) floors.push(await Floor.of(database.sql, folder));
      return measured;
    };
    const theirs = async (run: number) => {
      await using database = await store.database();
      const [floor] = floors;
      if (floor === undefined) throw new Error('nothing was ingested before');
      await database.sql`checkpoint`;
      const before = await walPosition(database.sql);
      const seconds = await floor.copyInto(database.sql);
      progress(`${run + 1}/${runs}  COPY: ${seconds.toFixed(2)} s`);
      return { seconds, walBytes: await walBytesSince(database.sql, before) };
    };
    const pairs = await alternate({ runs, warmUp: true, ours, theirs, signal });
    const seconds = (of: { seconds: number }[]): number[] => of.map((one) => one.seconds);
    return {
      timeVsFloor: rounded(medianRatio(seconds(pairs.ours), seconds(pairs.theirs))),
      seconds: rounded(median(seconds(pairs.ours))),
      readSeconds: rounded(median(pairs.ours.map((one) => one.readSeconds))),
      peakRssMb: Math.round(median(pairs.ours.map((one) => one.peakRssMb))),
      walBytes: median(pairs.ours.map((one) => one.walBytes)),
      floor: {
        seconds: rounded(median(seconds(pairs.theirs))),
        walBytes: median(pairs.theirs.map((one) => one.walBytes)),
      },
      metrics: birth.metrics,
      properties: birth.properties,
      bytes: payload.length,
    };
  },
};
