import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { forgetPeak, peakRssMb, rssMb } from './memory.ts';

/** The side of `measureTask` in the process measured. `load` is not measured, what it returns is. */
export async function runTask<T>(load: (input: string[]) => Promise<() => Promise<T>>): Promise<void> {
  const work = await load(process.argv.slice(2));
  // Loading leaves garbage and half-finished collections behind; let them settle.
  await delay(100);
  await forgetPeak(process.pid);
  const baselineMb = await rssMb(process.pid);
  process.send?.({ kind: 'ready' });
  await once(process, 'message');
  const startedMs = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedMs) / 1000;
  process.send?.({ kind: 'done', seconds, peakMb: await peakRssMb(process.pid), baselineMb, result });
  process.disconnect();
}
