import type { Redis } from 'ioredis';

export const jobStates = ['waiting', 'active', 'delayed', 'prioritized', 'completed', 'failed'] as const;
export type JobState = (typeof jobStates)[number];

/** Names of BullMQ's keys of one queue. */
export type KeyOf = (type: string) => string;

const idsPerRoundTrip = 500;

/**
 * The state of each of these jobs; an id that is missing from the answer is a job that Redis does not have. Each round trip, for 500
 * ids, is one transaction: no job hides by changing its state meanwhile.
 */
export async function readJobStates(
  redis: Redis,
  keyOf: KeyOf,
  ids: readonly string[],
): Promise<Map<string, JobState>> {
  const states = new Map<string, JobState>();
  for (let from = 0; from < ids.length; from += idsPerRoundTrip) {
    await readSome(redis, keyOf, ids.slice(from, from + idsPerRoundTrip), states);
  }
  return states;
}

/** BullMQ keeps these in lists, oldest last; they are as long as the queue's high-water mark allows. */
const lists = [
  ['waiting', 'wait'],
  ['active', 'active'],
] as const satisfies [JobState, string][];
const sortedSets = ['delayed', 'prioritized', 'completed', 'failed'] as const satisfies JobState[];

async function readSome(redis: Redis, keyOf: KeyOf, ids: string[], into: Map<string, JobState>): Promise<void> {
  const transaction = redis.multi();
  for (const [, list] of lists) transaction.lrange(keyOf(list), 0, -1);
  for (const set of sortedSets) transaction.zmscore(keyOf(set), ...ids);
  for (const id of ids) transaction.exists(keyOf(id));
  const replies = await transaction.exec();
  if (replies === null) throw new Error('reading job states was refused');
  const values = replies.map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
  const hasData = new Set(ids.filter((_, i) => values[lists.length + sortedSets.length + i] === 1));
  for (const [i, [state]] of lists.entries()) {
    const listed = new Set(asArray(values[i]));
    for (const id of hasData) if (listed.has(id)) into.set(id, state);
  }
  for (const [i, state] of sortedSets.entries()) {
    const scores = asArray(values[lists.length + i]);
    for (const [j, id] of ids.entries()) if (hasData.has(id) && scores[j] !== null) into.set(id, state);
  }
}

function asArray(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error('unexpected reply of Redis');
  return value;
}
