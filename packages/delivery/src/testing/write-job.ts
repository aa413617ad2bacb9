import { randomUUID } from 'node:crypto';
import type { WriteJob } from '@uns/uns';

/** A write job of one tag. */
export function writeJob(): WriteJob {
  return {
    v: 1,
    deliveryId: randomUUID(),
    device: 'Secil/Portugal/Cement',
    createdAt: '2026-01-01T00:00:00Z',
    tags: [
      {
        metricId: '1',
        canaryId: 'Secil.Portugal.Cement.Kiln.Speed',
        deliveredTag: null,
        properties: [['engUnit', '2026-01-01T00:00:00.0000000Z', 'rpm']],
        removed: [],
      },
    ],
  };
}
