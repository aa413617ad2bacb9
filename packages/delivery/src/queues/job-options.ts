import type { DefaultJobOptions } from 'bullmq';

const hours = 3600;

/**
 * `attempts` covers only what nobody foresaw, such as a receipt that cannot be added: all that Canary may answer is dealt with inside
 * one attempt. Each further attempt stands behind the whole backlog.
 *
 * Ended jobs are kept for people, within bounds: a job of 100 tags takes about 11 kB of Redis.
 */
export const jobOptions: DefaultJobOptions = {
  attempts: 10,
  backoff: { type: 'exponential', delay: 1000, jitter: 0.5 },
  removeOnComplete: { count: 1000, age: 24 * hours },
  removeOnFail: { count: 1000, age: 7 * 24 * hours },
  keepLogs: 50,
  stackTraceLimit: 3,
};
