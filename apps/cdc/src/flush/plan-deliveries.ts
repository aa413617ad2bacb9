import type { Assignment, DueMetric } from '@uns/metadata-store';
import { diffProperties, type PropertyValue, type PropertyWrite, type WriteJob, type WriteTag } from '@uns/uns';

export interface DeliveryLimits {
  /** Tags in one job. */
  maxTags: number;
  /** Bytes of one job's tags, in UTF-8. */
  maxBytes: number;
}

export interface DeliveryPlan {
  jobs: WriteJob[];
  assignments: Assignment[];
  /** Metrics that differ and found no room. */
  left: string[];
}

/**
 * Makes jobs from what is due: for each metric the difference between what it should be and what Canary has, packed by device. Metrics
 * without a difference are in no job. A tag that is too large alone gets a job alone: the writer refuses it with its reason. There are
 * at most `room` jobs.
 */
export function planDeliveries(
  due: readonly DueMetric[],
  o: { limits: DeliveryLimits; removed: 'blank' | 'ignore'; now: Date; newId: () => string; room: number },
): DeliveryPlan {
  const jobs: WriteJob[] = [];
  const left: string[] = [];
  let open: { device: string; tags: WriteTag[]; bytes: number } | null = null;
  const close = (): void => {
    if (open === null) return;
    jobs.push({ v: 1, deliveryId: o.newId(), device: open.device, createdAt: o.now.toISOString(), tags: open.tags });
    open = null;
  };
  for (const metric of due) {
    const tag = writeTag(metric, o);
    if (tag === null) continue;
    const bytes = Buffer.byteLength(JSON.stringify(tag));
    if (
      open !== null &&
      (open.device !== metric.device || open.tags.length >= o.limits.maxTags || open.bytes + bytes > o.limits.maxBytes)
    ) {
      close();
    }
    if (open === null && jobs.length >= o.room) {
      left.push(metric.metricId);
      continue;
    }
    open ??= { device: metric.device, tags: [], bytes: 0 };
    open.tags.push(tag);
    open.bytes += bytes;
  }
  close();
  return {
    jobs,
    left,
    assignments: jobs.map((job) => ({ deliveryId: job.deliveryId, metricIds: job.tags.map((tag) => tag.metricId) })),
  };
}

/** Null when Canary has all that the metric should be. In doubt it is told everything. */
function writeTag(metric: DueMetric, o: { removed: 'blank' | 'ignore'; now: Date }): WriteTag | null {
  // fromEntries defines each property, so that a key `__proto__` is one like any other.
  const desired = Object.fromEntries(Object.entries(metric.desired).map(([key, [, value]]) => [key, value] as const));
  const different = diffProperties(desired, metric.delivered);
  const { changed } = metric.inDoubt ? diffProperties(desired, {}) : different;
  const removed = new Set([...different.removed, ...Object.keys(metric.removedAt)]);
  const properties: PropertyWrite[] = [...changed].map(([key, value]) => [key, timeOf(metric, key), value]);
  const blanked = o.removed === 'blank' ? [...removed] : [];
  for (const key of blanked) properties.push([key, metric.removedAt[key] ?? canaryTime(o.now), '']);
  if (properties.length === 0) return null;
  return {
    metricId: metric.metricId,
    canaryId: metric.canaryId,
    deliveredTag: metric.deliveredTag,
    properties,
    removed: blanked,
  };
}

function timeOf(metric: DueMetric, key: string): string {
  const entry: [string, PropertyValue] | undefined = Object.hasOwn(metric.desired, key)
    ? metric.desired[key]
    : undefined;
  if (entry === undefined) throw new Error(`no time for property ${key} of ${metric.canaryId}`);
  return entry[0];
}

const canaryTime = (time: Date): string => time.toISOString().replace('Z', '0000Z');
