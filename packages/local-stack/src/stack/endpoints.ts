import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@uns/service';

export const appNames = ['ingest', 'cdc', 'canary-writer'] as const;
export type AppName = (typeof appNames)[number];

/** What runs where: `.stack/endpoints.json`. */
export interface Endpoints {
  mqttUrl: string;
  /** For the superuser. */
  postgresUrl: string;
  redisUrl: string;
  /** Root of the simulator. */
  canaryUrl: string;
  boardUrl: string;
  apps: Record<AppName, { pid: number; adminUrl: string }[]>;
  /** The stack itself. */
  pid: number;
}

const fileName = 'endpoints.json';

/** Written whole or not at all: somebody may read it at any moment. */
export async function writeEndpoints(folder: string, endpoints: Endpoints): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, fileName);
  await writeFile(`${file}.new`, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Null when nothing is written there. */
export async function readEndpoints(folder: string): Promise<Endpoints | null> {
  try {
    return JSON.parse(await readFile(join(folder, fileName), 'utf8')) as Endpoints;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

export async function removeEndpoints(folder: string): Promise<void> {
  await rm(join(folder, fileName), { force: true });
}
