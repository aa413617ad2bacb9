import { describe, expect, it } from '@jest/globals';
import type { DueMetric } from '@uns/metadata-store';
import { planDeliveries } from './plan-deliveries.ts';

const at = '2026-01-01T00:00:00.0000000Z';
let serial = 0;
const due = (metric: Partial<DueMetric>): DueMetric => ({
  metricId: String((serial += 1)),
  canaryId: `g.e.d.m${serial}`,
  device: 'g/e/d',
  desired: { unit: [at, 'bar'] },
  delivered: {},
  deliveredTag: null,
  removedAt: {},
  inDoubt: false,
  ...metric,
});
const plan = (
  metrics: DueMetric[],
  limits = { maxTags: 100, maxBytes: 1_000_000 },
  removed: 'blank' | 'ignore' = 'blank',
  room = 100,
) => {
  let id = 0;
  return planDeliveries(metrics, {
    limits,
    removed,
    room,
    now: new Date('2026-02-01T00:00:00.123Z'),
    newId: () => `00000000-0000-4000-8000-${String((id += 1)).padStart(12, '0')}`,
  });
};

describe('planning deliveries', () => {
  it('leaves out what Canary has', () => {
    const metrics = [due({ delivered: { unit: 'bar' } }), due({})];
    const { jobs, assignments } = plan(metrics);
    expect(jobs.flatMap((job) => job.tags.map((tag) => tag.metricId))).toEqual([metrics[1]?.metricId]);
    expect(assignments).toEqual([{ deliveryId: jobs[0]?.deliveryId, metricIds: [metrics[1]?.metricId] }]);
  });

  it('TC-20 packs at most 100 tags of one device into a job', () => {
    const metrics = [
      ...Array.from({ length: 250 }, () => due({})),
      ...Array.from({ length: 10 }, () => due({ device: 'g/e/other' })),
    ];
    const { jobs } = plan(metrics);
    expect(jobs.map((job) => [job.device, job.tags.length])).toEqual([
      ['g/e/d', 100],
      ['g/e/d', 100],
      ['g/e/d', 50],
      ['g/e/other', 10],
    ]);
    expect(new Set(jobs.map((job) => job.deliveryId)).size).toBe(4);
  });

  it('keeps a job within its bytes, and gives a tag that is larger alone a job alone', () => {
    const metrics = ['small', 'x'.repeat(2000), 'small', 'small'].map((text) => due({ desired: { text: [at, text] } }));
    expect(plan(metrics, { maxTags: 100, maxBytes: 1000 }).jobs.map((job) => job.tags.length)).toEqual([1, 1, 2]);
  });

  it('blanks a removed property at the time of its removal, or now when that is not known', () => {
    const metric = due({ delivered: { unit: 'bar', gone: 1, lost: 2 }, removedAt: { gone: at } });
    expect(plan([metric]).jobs[0]?.tags[0]).toMatchObject({
      properties: [
        ['gone', at, ''],
        ['lost', '2026-02-01T00:00:00.1230000Z', ''],
      ],
      removed: ['gone', 'lost'],
    });
    expect(plan([metric], undefined, 'ignore').jobs).toEqual([]);
  });

  it('PROMISE-6 plans no more jobs than there is room for, and leaves the rest as it is', () => {
    const same = due({ delivered: { unit: 'bar' } });
    const metrics = [due({}), due({}), due({}), same, due({}), due({})];
    const { jobs, left } = plan(metrics, { maxTags: 2, maxBytes: 1_000_000 }, 'blank', 2);
    expect(jobs.map((job) => job.tags.length)).toEqual([2, 2]);
    expect(left).toEqual([metrics[5]?.metricId]);
    expect(plan(metrics, undefined, 'blank', 0)).toMatchObject({ jobs: [], left: { length: 5 } });
  });

  it('PROMISE-2 writes everything of a metric in doubt, and blanks whatever Canary may have of it', () => {
    const metric = due({
      desired: { unit: [at, 'bar'] },
      delivered: { unit: 'bar' },
      removedAt: { came: at },
      inDoubt: true,
    });
    expect(plan([metric]).jobs[0]?.tags[0]).toMatchObject({
      properties: [
        ['unit', at, 'bar'],
        ['came', at, ''],
      ],
      removed: ['came'],
    });
  });

  it('takes a key like __proto__ for what it is', () => {
    const metric = due({
      desired: JSON.parse(`{"__proto__": ["${at}", "x"], "constructor": ["${at}", 1]}`) as DueMetric['desired'],
    });
    expect(plan([metric]).jobs[0]?.tags[0]?.properties).toEqual([
      ['__proto__', at, 'x'],
      ['constructor', at, 1],
    ]);
  });
});
