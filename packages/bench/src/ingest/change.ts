import { median, rounded } from '../figures/median.ts';
import { PlantBirth } from '../plant/plant-birth.ts';
import type { Scenario } from '../scenario.ts';
import { BenchStore } from '../servers/bench-store.ts';
import { PublishedChanges } from '../servers/published-changes.ts';
import { walBytesSince, walPosition } from '../servers/wal-meter.ts';
import { Edge } from './edge.ts';
import { publishBirth, startIngest } from './ingest-process.ts';

export const change: Scenario = {
  name: 'change',
  summary: 'a birth in which one property of 1 % of the metrics is another one, against the first birth',
  run: async ({ runs, metrics, progress, folder, signal }) => {
    const birth = new PlantBirth(metrics);
    await using store = await BenchStore.start(folder);
    await using edge = await Edge.start();
    const measured: {
      first: number;
      changed: number;
      ratio: number;
      walBytes: number;
      firstWalBytes: number;
      messages: number;
    }[] = [];
    let properties = 0;
    for (let run = 0; run < runs; run += 1) {
      signal.throwIfAborted();
      await using database = await store.database();
      await using app = await startIngest({ edge, database, signal });
      await database.sql`checkpoint`;
      const beforeFirst = await walPosition(database.sql);
      const first = await publishBirth(app, edge, await birth.encode('gzip'));
      const firstWalBytes = await walBytesSince(database.sql, beforeFirst);
      const published = await PublishedChanges.watch(database.sql);
      properties = birth.changeOnePercent(`changed in run ${run}`);
      const payload = await birth.encode('gzip');
      const before = await walPosition(database.sql);
      const { seconds, line } = await publishBirth(app, edge, payload);
      const walBytes = await walBytesSince(database.sql, before);
      expectChanges(line['changes'], properties);
      const messages = await published.count();
      await published.stop();
      measured.push({
        first: first.seconds,
        changed: seconds,
        ratio: seconds / first.seconds,
        walBytes,
        firstWalBytes,
        messages,
      });
      progress(
        `${run + 1}/${runs}  first: ${first.seconds.toFixed(2)} s, change: ${seconds.toFixed(2)} s, ${walBytes} bytes of WAL`,
      );
    }
    const of = (name: keyof (typeof measured)[number]): number => median(measured.map((one) => one[name]));
    return {
      timeVsFirst: rounded(of('ratio')),
      walBytes: of('walBytes'),
      walVsFirst: rounded(of('walBytes') / of('firstWalBytes'), 4),
      pgoutputMessages: of('messages'),
      seconds: rounded(of('changed')),
      firstSeconds: rounded(of('first')),
      changedProperties: properties,
      metrics: birth.metrics,
      properties: birth.properties,
    };
  },
};

function expectChanges(changes: unknown, properties: number): void {
  const updated =
    typeof changes === 'object' && changes !== null && 'propertiesUpdated' in changes
      ? changes.propertiesUpdated
      : null;
  if (updated !== properties)
    throw new Error(`${properties} properties were changed, and ${JSON.stringify(changes)} written`);
}
