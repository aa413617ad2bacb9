import type { PropertyValue, Receipt, WriteJob } from '@uns/uns';

/** How the historian keeps properties without `insertReplaceData`: what is not newer than the newest point is dropped silently. */
export class HistorianModel {
  readonly #newest = new Map<string, Map<string, [timestamp: string, value: PropertyValue]>>();
  /** Points stored, that is without those dropped or repeated. */
  points = 0;
  /** Writes that were dropped although they said something else than is there. */
  dropped = 0;

  write(job: WriteJob): void {
    for (const tag of job.tags) {
      for (const [name, timestamp, value] of tag.properties) this.put(tag.canaryId, name, timestamp, value);
    }
  }

  put(tag: string, name: string, timestamp: string, value: PropertyValue): void {
    const properties = this.#newest.get(tag) ?? new Map<string, [string, PropertyValue]>();
    this.#newest.set(tag, properties);
    const newest = properties.get(name);
    if (newest !== undefined && timestamp <= newest[0]) {
      if (newest[1] !== value) this.dropped += 1;
      return;
    }
    properties.set(name, [timestamp, value]);
    this.points += 1;
  }

  /** `{property: value}` of a tag. */
  tag(tag: string): Record<string, PropertyValue> {
    return Object.fromEntries([...(this.#newest.get(tag) ?? [])].map(([name, [, value]]) => [name, value]));
  }
}

/** The receipt of a job that was delivered whole. */
export function deliveredReceipt(job: WriteJob): Receipt {
  return {
    v: 1,
    deliveryId: job.deliveryId,
    finishedAt: new Date().toISOString(),
    requests: 1,
    outcomes: job.tags.map(({ metricId, canaryId, properties, removed }) => ({
      outcome: 'delivered',
      metricId,
      canaryId,
      tag: canaryId,
      properties,
      removed,
    })),
  };
}

/** The receipt of a job of which every tag was put off. */
export function deferredReceipt(job: WriteJob, reason: 'ATTEMPTS_EXHAUSTED' | 'TAG_NOT_FOUND' | 'TAG_MOVED'): Receipt {
  return {
    ...deliveredReceipt(job),
    outcomes: job.tags.map(({ metricId, canaryId }) => ({
      outcome: 'deferred',
      metricId,
      canaryId,
      reason,
      tag: null,
      detail: '',
    })),
  };
}
