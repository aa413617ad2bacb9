import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../figures/median.ts';
import { forgetPeak, peakRssMb, rssMb } from './memory.ts';

const warmUps = 3;
const warmRuns = 5;

/**
 * The side of `measureTask` in the process measured. `load` is not measured, what it returns is: once in a fresh process, and a few times
 * more when the code has been compiled for what it does.
 */
export async function runTask<T>(load: (input: string[]) => Promise<() => Promise<T>>): Promise<void> {
  const work = await load(process.argv.slice(2));
  // Loading leaves garbage and half-finished collections behind; let them settle.
  await delay(100);
  await forgetPeak(process.pid);
  const baselineMb = await rssMb(process.pid);
  process.send?.({ kind: 'ready' });
  await once(process, 'message');
  const timed = async (): Promise<{ seconds: number; result: T }> => {
    const startedMs = performance.now();
    const result = await work();
    return { seconds: (performance.now() - startedMs) / 1000, result };
  };
  const { seconds: firstSeconds, result } = await timed();
  const peakMb = await peakRssMb(process.pid);
  for (let run = 1; run < warmUps; run += 1) await timed();
  const warm: number[] = [];
  for (let run = 0; run < warmRuns; run += 1) warm.push((await timed()).seconds);
  process.send?.({ kind: 'done', firstSeconds, seconds: median(warm), peakMb, baselineMb, result });
  process.disconnect();
}
