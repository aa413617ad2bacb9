import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { leftovers } from '@uns/canary-simulator';
import { LocalStack } from '../stack/local-stack.ts';
import type { StackOptions } from '../stack/stack-options.ts';
import { aborted } from '../stack/until-stopped.ts';
import type { Act, Stage } from './acts/act.ts';
import { firstBirths } from './acts/first-births.ts';
import { outage } from './acts/outage.ts';
import { noRules } from './acts/rules.ts';
import { sameBirths } from './acts/same-births.ts';
import { secondWave } from './acts/second-wave.ts';
import { Monitor } from './monitor/monitor.ts';
import { DemoFailure, messageOf } from './monitor/wait-until.ts';
import { readParity } from './parity/read-parity.ts';
import { Plants } from './plants.ts';
import { count, counted, seconds } from './screen/numbers.ts';
import type { Screen } from './screen/screen.ts';
import { shortcomings, summaryOf, type Summary } from './summary.ts';
import { untilReady } from './until-ready.ts';
import { urlLines } from './urls.ts';

export interface DemoOptions {
  options: StackOptions;
  /** End after the last act, instead of staying up until stopped. */
  once: boolean;
  folder: string;
  screen: Screen;
  signal: AbortSignal;
}

export interface DemoResult {
  summary: Summary;
  /** Why this is no success, in lines; empty when it is one. */
  problems: readonly string[];
}

const acts: readonly Act[] = [firstBirths, secondWave, sameBirths, outage];

/**
 * Plays the demo, from the first server to the last one stopped.
 *
 * @throws the signal's reason when it is stopped before the last act has ended; whatever keeps a server from starting
 */
export async function runDemo(o: DemoOptions): Promise<DemoResult> {
  const { screen, signal, folder, options } = o;
  const rulesFile = join(folder, 'rules.yaml');
  await mkdir(folder, { recursive: true });
  await writeFile(rulesFile, noRules);
  await using release = new AsyncDisposableStack();
  const stack = await LocalStack.start({ options, folder, rulesFile, log: screen, signal });
  release.defer(() => stack.stop());
  screen.now('Waiting for the apps to be ready');
  await untilReady(stack, signal);
  screen.tell(
    `PostgreSQL, Redis, a broker, a Canary simulator and the three apps run, after ${seconds(performance.now())}.`,
  );
  const monitor = new Monitor({
    stack,
    onFigures: (figures) => screen.figures(figures),
    onError: (error) => screen.notice(messageOf(error)),
  });
  release.defer(() => monitor.stop());
  const plants = await Plants.connect({
    mqttUrl: stack.endpoints.mqttUrl,
    onError: (error) => screen.notice(`A rebirth that was asked for failed: ${messageOf(error)}`),
  });
  release.defer(() => plants.close());

  const { debounceSeconds } = options;
  const stage: Stage = { stack, plants, monitor, screen, debounceSeconds, rulesFile, signal };
  const failure = await play(stage);
  // Closing its session is the last thing that could make Canary write into a time series.
  if (o.once) await stack.stopApps();
  const result = await measure(stage, failure).catch((error: unknown) => {
    // What went wrong first says more.
    throw failure ?? error;
  });
  if (!o.once) {
    if (result.problems.length === 0) {
      screen.epilogue(urlLines(stack));
      screen.now('Running until Ctrl-C');
      await aborted(signal);
    }
    await stack.stopApps();
  }
  const left = leftovers(await monitor.canary.stats());
  return { ...result, problems: [...result.problems, ...left.map((what) => `Left behind at Canary: ${what}.`)] };
}

/** Plays the acts one after the other; what keeps one from coming true ends it, and is returned. */
async function play(stage: Stage): Promise<DemoFailure | null> {
  try {
    for (const [index, act] of acts.entries()) {
      stage.screen.act({ number: index + 1, of: acts.length, title: act.title, story: act.story(stage) });
      await act.play(stage);
    }
    return null;
  } catch (error) {
    if (error instanceof DemoFailure) return error;
    throw error;
  }
}

async function measure({ stack, monitor, screen }: Stage, failure: DemoFailure | null): Promise<DemoResult> {
  screen.now('Comparing every property of every metric');
  const figures = await monitor.next();
  const parity = await readParity({ sql: stack.sql, canary: monitor.canary });
  const summary = summaryOf(figures, parity, performance.now());
  const problems = shortcomings(summary);
  if (problems.length === 0) {
    screen.epilogue(['']);
    screen.tell(
      `Parity: ${count(parity.matched)} of ${counted(parity.total, 'metric')} have the same properties in PostgreSQL and in Canary. ` +
        `${counted(summary.requests, 'request')}, at most ${count(summary.maxRequestsPerSecond)} in any one second; ` +
        'none over the limit, and not one point in a time series.',
    );
  }
  return { summary, problems: [...(failure === null ? [] : [failure.message]), ...problems, ...parity.differences] };
}
