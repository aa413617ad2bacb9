import { describe, expect, it } from '@jest/globals';
import { Registry, silentLogger } from '@uns/service';
import type { Receipt } from '@uns/uns';
import { receiptAdder } from './add-receipt.ts';
import { WriterMetrics } from './writer-metrics.ts';

const receipt: Receipt = {
  v: 1,
  deliveryId: '6f2d8f5e-3a0b-4b8e-9f53-0d9d3a3b7a11',
  finishedAt: '2026-01-01T00:00:00Z',
  requests: 1,
  outcomes: [],
};

function adder(failures: number) {
  let tries = 0;
  const add = receiptAdder({
    queue: {
      add: () => {
        tries += 1;
        return tries <= failures ? Promise.reject(new Error('Redis is away')) : Promise.resolve();
      },
    },
    metrics: new WriterMetrics(new Registry(), { testMode: false }),
    logger: silentLogger,
  });
  return { add: (abort = new AbortController().signal) => add(receipt, abort), tries: () => tries };
}

describe('receiptAdder', () => {
  it('keeps on while Redis is away for a moment', async () => {
    const a = adder(2);
    await a.add();
    expect(a.tries()).toBe(3);
  });

  it('gives up at once when it must', async () => {
    const a = adder(100);
    await expect(a.add(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    expect(a.tries()).toBe(1);
  });
});
