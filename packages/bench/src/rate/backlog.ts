import { randomUUID } from 'node:crypto';
import type { JobQueue } from '@uns/delivery';
import { sleep } from '@uns/service';
import type { WriteJob } from '@uns/uns';

const distinctTags = 5000;
const at = '2026-01-01T00:00:00.0000000Z';

/** The tags that the jobs write to. */
export const benchTags: readonly string[] = Array.from(
  { length: distinctTags },
  (_, i) => `Secil.Portugal.Cement.Maceira.400 - Clinker Production.Tag ${i}`,
);

/** Keeps the queue between `target` and twice as many jobs until aborted: a backlog without an end, in bounded memory. */
export async function keepBacklog(
  queue: JobQueue<WriteJob>,
  o: { target: number; tagsPerJob: number; signal: AbortSignal },
): Promise<void> {
  let next = 0;
  const job = (): WriteJob => ({
    v: 1,
    deliveryId: randomUUID(),
    device: 'Secil/Portugal/Cement',
    createdAt: new Date().toISOString(),
    tags: Array.from({ length: o.tagsPerJob }, () => {
      next = (next + 1) % distinctTags;
      return {
        metricId: String(next + 1),
        canaryId: benchTags[next] ?? '',
        deliveredTag: null,
        properties: [['engUnit', at, 'kcal/kg']],
        removed: [],
      };
    }),
  });
  const topUp = async (): Promise<void> => {
    if ((await queue.backlog()) < 2 * o.target) await queue.add(Array.from({ length: Math.ceil(o.target / 5) }, job));
  };
  while (!o.signal.aborted) {
    // There is work for ten seconds: a Redis that is slow to answer for once is asked again.
    await topUp().catch((error: unknown) => process.stderr.write(`no jobs added: ${String(error)}\n`));
    await sleep(100, o.signal).catch(() => undefined);
  }
}
