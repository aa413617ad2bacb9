import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimulatorProcess } from './simulator-process.ts';

/** What a canary-writer must be told to write to this simulator. */
export async function writerEnvironment(o: {
  redisUrl: string;
  simulator: Pick<SimulatorProcess, 'safBaseUrl' | 'viewsBaseUrl' | 'ca'>;
  folder: string;
}): Promise<Record<string, string>> {
  const { redisUrl, simulator, folder } = o;
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, simulator.ca);
  return {
    REDIS_URL: redisUrl,
    CANARY_SAF_BASE_URL: simulator.safBaseUrl,
    CANARY_VIEWS_BASE_URL: simulator.viewsBaseUrl,
    CANARY_CA_FILE: caFile,
    CANARY_HISTORIANS: 'localhost',
  };
}
