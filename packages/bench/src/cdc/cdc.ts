import { join } from 'node:path';
import { resolveRedis } from '@uns/local-servers';
import { alternate, medianRatio } from '../figures/alternate.ts';
import { median, rounded } from '../figures/median.ts';
import { AppProcess } from '../processes/app-process.ts';
import { peakRssMb } from '../processes/memory.ts';
import type { Scenario } from '../scenario.ts';
import { BenchStore, type BenchDatabase } from '../servers/bench-store.ts';
import { insertPlant, propertiesPerMetric } from './insert-plant.ts';
import { peekSeconds } from './peek.ts';
import { untilMarked } from './until-marked.ts';

const decodingMemoryMb = 512;
const peekSlot = 'bench_peek';

export const cdc: Scenario = {
  name: 'cdc',
  summary:
    'from the commit of a plant in one transaction to all of it marked dirty, against the server decoding it for nobody',
  run: async ({ runs, metrics, progress, folder, signal }) => {
    await using store = await BenchStore.start(folder);
    await using redis = await resolveRedis({ own: true, dataDir: join(folder, 'redis') });
    // Both read the same log: the slots are made before the transaction, and it is peeked at after it was streamed.
    let database: BenchDatabase | null = null;
    let serial = 0;
    const ours = async (run: number) => {
      serial += 1;
      const slot = `bench_cdc_${serial}`;
      database = await store.database();
      const { sql, url } = database;
      await sql`select pg_create_logical_replication_slot(${peekSlot}, 'pgoutput')`;
      await using app = await AppProcess.start(
        'cdc',
        {
          NODE_ENV: 'production',
          ADMIN_HOST: '127.0.0.1',
          ADMIN_PORT: '0',
          POSTGRES_URL: `${url}?role=uns_meta_cdc`,
          POSTGRES_TLS: 'off',
          REDIS_URL: redis.url,
          QUEUE_PREFIX: slot,
          CDC_SLOT: slot,
          CDC_DECODING_MEMORY_MB: String(decodingMemoryMb),
        },
        signal,
      );
      await app.line('reading the change stream', 60_000);
      const sinceMs = await insertPlant(sql, metrics);
      const seconds = await untilMarked(sql, { sinceMs, metrics, signal });
      const measured = { seconds, peakRssMb: await peakRssMb(app.pid) };
      progress(`${run + 1}/${runs}  ours: ${seconds.toFixed(2)} s, ${measured.peakRssMb.toFixed(0)} MB`);
      return measured;
    };
    const theirs = async (run: number) => {
      if (database === null) throw new Error('nothing was written before');
      await using written = database;
      const seconds = await peekSeconds(written.sql, { slot: peekSlot, decodingMemoryMb });
      progress(`${run + 1}/${runs}  peek: ${seconds.toFixed(2)} s`);
      await written.sql`select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()`;
      return seconds;
    };
    const pairs = await alternate({ runs, warmUp: true, ours, theirs, signal });
    const seconds = pairs.ours.map((one) => one.seconds);
    return {
      timeVsPeek: rounded(medianRatio(seconds, pairs.theirs)),
      peakRssMb: Math.round(Math.max(...pairs.ours.map((one) => one.peakRssMb))),
      seconds: rounded(median(seconds)),
      peekSeconds: rounded(median(pairs.theirs)),
      metrics,
      properties: metrics * propertiesPerMetric,
    };
  },
};
