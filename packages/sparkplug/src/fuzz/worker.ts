import { readdir, readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Limits } from '../limits.ts';
import { largePair } from './large.ts';
import { mutated } from './mutate.ts';
import { outcomeOf } from './outcome.ts';
import { randomIntegers } from './random.ts';
import type { FuzzTask, Progress } from './task.ts';

/** Small enough to be met by mutated payloads, so that the ways they are kept are tried too. */
const TIGHT: Partial<Limits> = {
  inflatedBytes: 2_000,
  metricBytes: 300,
  metrics: 20,
  nameBytes: 24,
  keyBytes: 16,
  stringBytes: 12,
  properties: 6,
  depth: 2,
  faultsPerMetric: 4,
  templateMembers: 3,
  templateBytes: 500,
};

const REPORT_MS = 250;
/** One of so many is a large pair, which takes as long as hundreds of small ones. */
const LARGE_ONE_OF = 1_000;

const task: FuzzTask = workerData;
const current = new Uint8Array(task.current);
const currentLength = new Int32Array(task.currentLength);

const fixtures: Buffer[] = [];
for (const name of await readdir(new URL(task.fixtures))) {
  if (name.endsWith('.bin')) fixtures.push(await readFile(new URL(name, task.fixtures)));
}

const integer = randomIntegers(task.seed);
const outcomes = new Set<string>();
let fresh: string[] = [];
let tried = 0;
let large = 0;
let reportedAt = performance.now();
const until = performance.now() + task.seconds * 1_000;
// Heard in the midst of a large payload too, as long as the decoder lets others have their turn.
const beat = setInterval(() => report(false), REPORT_MS);
while (performance.now() < until) {
  const limits = integer(3) === 0 ? TIGHT : {};
  const outcome = integer(LARGE_ONE_OF) === 0 ? await tryLarge(limits) : await trySmall(limits);
  if (!outcomes.has(outcome)) fresh.push(outcome);
  outcomes.add(outcome);
  tried++;
  if (performance.now() - reportedAt > REPORT_MS) report(false);
}
clearInterval(beat);
report(true);

async function trySmall(limits: Partial<Limits>): Promise<string> {
  const payload = mutated(fixtures, integer);
  // Where the main thread finds it when nothing more is heard from here.
  current.set(payload);
  currentLength.set([payload.length, 0]);
  return outcomeOf(payload, limits);
}

async function tryLarge(limits: Partial<Limits>): Promise<string> {
  const seed = 1 + integer(2 ** 31 - 2);
  currentLength.set([0, seed]);
  large++;
  const { nbirth, dbirth } = await largePair(randomIntegers(seed));
  return outcomeOf(dbirth, limits, nbirth);
}

function report(done: boolean): void {
  reportedAt = performance.now();
  const progress: Progress = { tried, large, outcomes: fresh, done };
  parentPort?.postMessage(progress, []);
  fresh = [];
}
