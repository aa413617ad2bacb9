import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alternate, medianRatio } from '../figures/alternate.ts';
import { median, rounded } from '../figures/median.ts';
import { PlantBirth } from '../plant/plant-birth.ts';
import { measureTask } from '../processes/task.ts';
import type { Scenario } from '../scenario.ts';

const ours = new URL('ours.ts', import.meta.url);
const peer = new URL('peer.ts', import.meta.url);

interface Read {
  metrics: number;
  properties: number;
}

export const decode: Scenario = {
  name: 'decode',
  summary: 'reads the birth of a plant, against sparkplug-payload: metrics per second, and peak memory',
  run: async ({ runs, metrics, progress, folder, signal }) => {
    const birth = new PlantBirth(metrics);
    const payload = await birth.encode('none', 1_700_000_000_000);
    const file = join(folder, 'birth.bin');
    await writeFile(file, payload);
    progress(`${birth.metrics} metrics, ${birth.properties} properties, ${payload.length} bytes`);
    const measure = (who: string, module: URL) => async (run: number) => {
      const measured = await measureTask<Read>(module, [file], signal);
      const { firstSeconds, seconds, rssAboveBaselineMb, result } = measured;
      if (result.metrics !== birth.metrics || result.properties !== birth.properties) {
        throw new Error(`${who} read ${JSON.stringify(result)}, not what was written`);
      }
      const figures = `${seconds.toFixed(3)} s, ${firstSeconds.toFixed(3)} s the first time`;
      progress(`${run + 1}/${runs}  ${who}: ${figures}, ${rssAboveBaselineMb.toFixed(0)} MB`);
      return measured;
    };
    const pairs = await alternate({
      runs,
      warmUp: false,
      ours: measure('ours', ours),
      theirs: measure('sparkplug-payload', peer),
      signal,
    });
    const seconds = (of: { seconds: number }[]): number[] => of.map((one) => one.seconds);
    const first = (of: { firstSeconds: number }[]): number[] => of.map((one) => one.firstSeconds);
    const memory = (of: { rssAboveBaselineMb: number }[]): number[] => of.map((one) => one.rssAboveBaselineMb);
    return {
      speedVsPeer: rounded(medianRatio(seconds(pairs.theirs), seconds(pairs.ours)), 2),
      rssVsPeer: rounded(medianRatio(memory(pairs.ours), memory(pairs.theirs))),
      firstSpeedVsPeer: rounded(medianRatio(first(pairs.theirs), first(pairs.ours)), 2),
      seconds: rounded(median(seconds(pairs.ours))),
      firstSeconds: rounded(median(first(pairs.ours))),
      metricsPerSecond: Math.round(metrics / median(seconds(pairs.ours))),
      rssAboveBaselineMb: rounded(median(memory(pairs.ours)), 1),
      peer: {
        seconds: rounded(median(seconds(pairs.theirs))),
        firstSeconds: rounded(median(first(pairs.theirs))),
        rssAboveBaselineMb: rounded(median(memory(pairs.theirs)), 1),
      },
      metrics: birth.metrics,
      properties: birth.properties,
      bytes: payload.length,
    };
  },
};
