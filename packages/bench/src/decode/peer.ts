import { readFile } from 'node:fs/promises';
import sparkplugPayload from 'sparkplug-payload';
import { runTask } from '../processes/run-task.ts';

await runTask(async ([file = '']) => {
  const payload = await readFile(file);
  const peer = sparkplugPayload.get('spBv1.0');
  if (peer === null) throw new Error('sparkplug-payload does not know spBv1.0');
  return () => {
    const read = { metrics: 0, properties: 0 };
    for (const metric of peer.decodePayload(payload).metrics ?? []) {
      read.metrics += 1;
      read.properties += Object.keys(metric.properties ?? {}).length;
    }
    return Promise.resolve(read);
  };
});
