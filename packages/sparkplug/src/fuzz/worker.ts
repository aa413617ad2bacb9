import { readdir, readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Limits } from '../limits.ts';
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
let reportedAt = performance.now();
const until = performance.now() + task.seconds * 1_000;
while (performance.now() < until) {
  const payload = mutated(fixtures, integer);
  // Where the main thread finds it when nothing more is heard from here.
  current.set(payload);
  currentLength[0] = payload.length;
  const outcome = await outcomeOf(payload, integer(3) === 0 ? TIGHT : {});
  if (!outcomes.has(outcome)) fresh.push(outcome);
  outcomes.add(outcome);
  tried++;
  if (performance.now() - reportedAt > REPORT_MS) report(false);
}
report(true);

function report(done: boolean): void {
  reportedAt = performance.now();
  const progress: Progress = { tried, outcomes: fresh, done };
  parentPort?.postMessage(progress, []);
  fresh = [];
}
