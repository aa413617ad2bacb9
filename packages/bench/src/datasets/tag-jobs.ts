import { randomUUID } from 'node:crypto';
import type { WriteJob, WriteTag } from '@uns/uns';

const tagsPerJob = 100;
const at = '2026-01-01T00:00:00.0000000Z';

/** The tags of a plant, by number. */
export const plantTag = (number: number): string =>
  `Secil.Portugal.Cement.Maceira.${400 + (number % 40)} - Clinker Production.Kiln ${number % 7}.KPI.Tag ${number}`;

const writeTag = (number: number): WriteTag => ({
  metricId: String(number),
  canaryId: plantTag(number),
  deliveredTag: null,
  properties: [['engUnit', at, 'kcal/kg']],
  removed: [],
});

/** Jobs of 100 tags each, of all datasets mixed: every request must be sorted by dataset. */
export function tagJobs(numbers: readonly number[]): WriteJob[] {
  const jobs = Math.ceil(numbers.length / tagsPerJob);
  return Array.from({ length: jobs }, (_, job) => ({
    v: 1,
    deliveryId: randomUUID(),
    device: 'Secil/Portugal/Cement',
    createdAt: new Date().toISOString(),
    tags: numbers.filter((_number, place) => place % jobs === job).map(writeTag),
  }));
}
