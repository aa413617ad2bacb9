import { describe, expect, it } from '@jest/globals';
import type { CircuitState, JobContext } from '@uns/delivery';
import { Registry, silentLogger, systemClock } from '@uns/service';
import { receiptSchema, type Receipt } from '@uns/uns';
import { WriteProcessor, type ProcessWriteOptions } from './process-write.ts';
import { writeJob, writeTag } from './testing/write-jobs.ts';
import { WriterMetrics } from './writer-metrics.ts';

const job = writeJob([writeTag(1), writeTag(2)]);

function processor(o: Partial<ProcessWriteOptions> = {}) {
  const receipts: Receipt[] = [];
  const seen = { progress: [] as unknown[], log: [] as string[], looksUp: 0 };
  const abort = new AbortController();
  const context: JobContext = {
    jobId: job.deliveryId,
    signal: abort.signal,
    log: (line) => Promise.resolve(void seen.log.push(line)),
    progress: (counts) => Promise.resolve(void seen.progress.push(counts)),
  };
  const options: ProcessWriteOptions = {
    tags: {
      resolve: async (ids) => {
        seen.looksUp += 1;
        return new Map(ids.map((id) => [id, { outcome: 'found', tag: id }]));
      },
    },
    circuit: { state: () => Promise.resolve({ state: 'closed' }) },
    sender: { send: (_, work) => Promise.resolve(work.onRequest()).then(() => ({ sent: 'stored' })) },
    limits: { maxTags: 1, maxBytes: 1_000_000 },
    addReceipt: (receipt) => Promise.resolve(void receipts.push(receipt)),
    mark: {},
    stopping: new AbortController().signal,
    metrics: new WriterMetrics(new Registry(), { testMode: false }),
    logger: silentLogger,
    clock: systemClock,
    ...o,
  };
  return { receipts, seen, abort, run: () => new WriteProcessor(options).process(job, context) };
}

describe('WriteProcessor', () => {
  it('CT-03 ends a job with a receipt that keeps the contract, one outcome for each tag in the order of the job', async () => {
    const p = processor();
    expect(await p.run()).toMatchObject({ end: 'done', summary: { tags: 2, delivered: 2, requests: 2 } });
    const receipt = receiptSchema.parse(p.receipts[0]);
    expect(receipt.deliveryId).toBe(job.deliveryId);
    expect(receipt.outcomes.map(({ metricId }) => metricId)).toEqual(['1', '2']);
  });

  it('does not end a job whose receipt cannot be added', async () => {
    const p = processor({ addReceipt: () => Promise.reject(new Error('Redis is away')) });
    await expect(p.run()).rejects.toThrow('Redis is away');
  });

  it('TC-22 looks nothing up while the circuit is open or unknown, and holds the queue for at most 2 s', async () => {
    const open: CircuitState = { state: 'open', reason: 'consecutive-failures', probeInMs: 60_000 };
    const p = processor({ circuit: { state: () => Promise.resolve(open) } });
    expect(await p.run()).toEqual({ end: 'return', holdMs: 2000 });
    const nearlyOver = processor({ circuit: { state: () => Promise.resolve({ ...open, probeInMs: 300 }) } });
    expect(await nearlyOver.run()).toEqual({ end: 'return', holdMs: 300 });
    const unknown = processor({ circuit: { state: () => Promise.reject(new Error('Redis is away')) } });
    expect(await unknown.run()).toEqual({ end: 'return', holdMs: 2000 });
    expect(p.seen.looksUp + nearlyOver.seen.looksUp + unknown.seen.looksUp).toBe(0);
  });

  it('puts a job aside while not one tag can be looked up, and puts its tags off after two minutes', async () => {
    const failure = { outcome: 'timeout', afterMs: 10_000 } as const;
    const created = Date.parse(job.createdAt);
    let now = created;
    const p = processor({
      tags: { resolve: async (ids) => new Map(ids.map((id) => [id, { outcome: 'unavailable', failure }])) },
      clock: { now: () => now, monotonic: () => now },
    });
    expect(await p.run()).toEqual({ end: 'delay', ms: 5000 });
    now = created + 119_000;
    expect(await p.run()).toEqual({ end: 'delay', ms: 5000 });
    expect(p.receipts).toEqual([]);
    now = created + 120_000;
    expect(await p.run()).toMatchObject({ end: 'done', summary: { deferred: 2, requests: 0 } });
    expect(p.receipts[0]?.outcomes[0]).toMatchObject({ outcome: 'deferred', reason: 'ATTEMPTS_EXHAUSTED' });
  });

  it('begins no further request once the pod stops: the job goes back, to be written again as a whole', async () => {
    const stopping = new AbortController();
    let requests = 0;
    const p = processor({
      stopping: stopping.signal,
      sender: {
        send: async (_, work) => {
          work.onRequest();
          requests += 1;
          stopping.abort();
          return { sent: 'stored' };
        },
      },
    });
    expect(await p.run()).toEqual({ end: 'return', holdMs: 0 });
    expect([requests, p.receipts.length]).toEqual([1, 0]);
  });

  it('shows people what happened to its requests', async () => {
    const p = processor({
      sender: {
        send: async (_, work) => {
          work.onRequest();
          work.onRetry({ outcome: 'serverFault', status: 503, retryAfterMs: null });
          return { sent: 'stored' };
        },
      },
      mark: { testMode: 'on' },
    });
    await p.run();
    expect(p.seen.log).toEqual(['request 1: HTTP 503 from Canary\nrequest 2: HTTP 503 from Canary']);
    expect(p.seen.progress).toEqual([{ testMode: 'on', tags: 2, delivered: 2, deferred: 0, failed: 0, requests: 2 }]);
  });
});
