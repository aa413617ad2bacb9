import { randomUUID } from 'node:crypto';
import type { WriteJob, WriteTag } from '@uns/uns';

const timestamp = '2026-01-01T00:00:00.0000000Z';

export const canaryIdOf = (number: number): string => `Secil.Portugal.Cement.Kiln.Tag${number}`;

/** The tag with this number, one property. */
export function writeTag(number: number, part: Partial<WriteTag> = {}): WriteTag {
  return {
    metricId: String(number),
    canaryId: canaryIdOf(number),
    deliveredTag: null,
    properties: [['engUnit', timestamp, 'rpm']],
    removed: [],
    ...part,
  };
}

export function writeJob(tags: WriteTag[]): WriteJob {
  return {
    v: 1,
    deliveryId: randomUUID(),
    device: 'Secil/Portugal/Cement',
    createdAt: new Date().toISOString(),
    tags,
  };
}
