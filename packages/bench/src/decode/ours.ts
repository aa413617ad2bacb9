import { readFile } from 'node:fs/promises';
import { openBirth } from '@uns/sparkplug';
import { runTask } from '../processes/run-task.ts';

await runTask(async ([file = '']) => {
  const payload = await readFile(file);
  return async () => {
    const read = { metrics: 0, properties: 0 };
    for await (const batch of openBirth(payload).metrics()) {
      for (const metric of batch) {
        if (metric.rejected) continue;
        read.metrics += 1;
        read.properties += metric.properties.length;
      }
    }
    return read;
  };
});
