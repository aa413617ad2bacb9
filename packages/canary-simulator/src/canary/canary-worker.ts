import { parentPort, workerData } from 'node:worker_threads';
import { answerControl } from '../control/historian-control.ts';
import { storedStats } from '../control/historian-stats.ts';
import { Canary, type CanaryOptions } from './canary.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

// The other side of CanaryThread: one message in, one message out, in order.
const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread only');
const options: CanaryOptions = workerData;
const canary = new Canary(options);

port.on('message', (message: ToWorker) => {
  try {
    port.postMessage(answer(message));
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    port.postMessage({ id: message.id, kind: 'failed', reason } satisfies FromWorker);
  }
});

function answer(message: ToWorker): FromWorker {
  const { id, kind } = message;
  if (kind === 'call') return { id, kind, answer: canary.call(message.request) };
  if (kind === 'control') return { id, kind, answer: answerControl(canary, message.request) };
  return { id, kind, stats: storedStats(canary.state, message.now) };
}
