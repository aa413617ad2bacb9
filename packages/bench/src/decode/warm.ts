import { readFile } from 'node:fs/promises';
import { openBirth } from '@uns/sparkplug';
import { runTask } from '../processes/run-task.ts';

const warmUps = 3;

/** Seconds that decoding takes in a process that has done it before, as ingest has. */
await runTask(async ([file = '']) => {
  const payload = await readFile(file);
  const pass = async (): Promise<number> => {
    const startedMs = performance.now();
    let metrics = 0;
    for await (const batch of openBirth(payload).metrics()) metrics += batch.length;
    if (metrics === 0) throw new Error('the birth is empty');
    return (performance.now() - startedMs) / 1000;
  };
  return async () => {
    for (let i = 0; i < warmUps; i += 1) await pass();
    return pass();
  };
});
