import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatorControl } from '@uns/canary-simulator';
import { LocalStack } from '@uns/local-stack';
import { openStore } from '@uns/metadata-store';
import { sleep } from '@uns/service';
import type { Sql } from 'postgres';
import type { Finding, OracleName } from '../oracles/finding.ts';
import { judgeRedis, judgeSessions, judgeTraffic } from '../oracles/limits.ts';
import { archiveDevice, firstPlant, tagName } from '../plant/layout.ts';
import type { Plant } from '../plant/plant.ts';
import { fewOfEach, judge, mostShown, type Verdict } from '../report/verdict.ts';
import type { Screen } from '../report/screen.ts';
import { replicas } from '../schedule/faults.ts';
import { makeSchedule } from '../schedule/make-schedule.ts';
import { faultName, faultTarget, type Step } from '../schedule/step.ts';
import { bequeath, Edges } from './edges.ts';
import { converge, type ConvergeOptions } from './converge.ts';
import { FaultInjector } from './fault-injector.ts';
import { Journal, type Entry } from './journal.ts';
import { openSessions } from './open-sessions.ts';
import { judgeRecord } from './judge-record.ts';
import { KeptLog } from './kept-log.ts';
import { readDeliveries } from './read-store.ts';
import { convergenceMs, environment, rate, redisBound } from './settings.ts';
import { Watch } from './watch.ts';
import { WorkloadRunner } from './workload-runner.ts';

export interface ChaosOptions {
  seconds: number;
  seed: number;
  screen: Screen;
  signal: AbortSignal;
}

/** One run: start, schedule, convergence, verdict, stop. Leaves nothing behind but, when something is wrong, the logs of the apps. */
export async function runChaos(o: ChaosOptions): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'uns-chaos-'));
  const log = new KeptLog(o.screen);
  await using release = new AsyncDisposableStack();
  release.defer(() => rm(folder, { recursive: true, force: true }));
  const stack = await LocalStack.start({
    folder,
    log,
    signal: o.signal,
    environment,
    ownRedis: true,
    options: {
      debounceSeconds: 1,
      writers: replicas['canary-writer'],
      cdcs: replicas.cdc,
      rate,
      postgres: 16,
      brokerUrl: null,
      keep: false,
    },
  });
  release.defer(() => stack.stop());
  const sql = openStore({
    url: stack.endpoints.postgresUrl,
    applicationName: 'uns-chaos',
    changedBy: 'chaos',
    maxConnections: 12,
    tls: 'off',
    statementTimeoutMs: 15_000,
  });
  release.defer(() => sql.end({ timeout: 2 }));
  await stack.ready(AbortSignal.any([o.signal, AbortSignal.timeout(60_000)]));
  const verdict = await new ChaosRun({ ...o, stack, sql, release }).run();
  if (!verdict.ok) {
    const file = join(tmpdir(), `uns-chaos-seed-${o.seed}.log`);
    await writeFile(file, log.text());
    o.screen.notice(`what the apps said is in ${file}`);
  }
  return verdict;
}

class ChaosRun {
  readonly #o: ChaosOptions & { stack: LocalStack; sql: Sql; release: AsyncDisposableStack };
  readonly #canary: SimulatorControl;
  readonly #plant: Plant;
  readonly #schedule: Step[];
  readonly #findings: Finding[] = [];
  readonly #faultsBefore = new Map<Finding, Entry[]>();
  readonly #looked: Partial<Record<OracleName, string>> = {};
  #journal = new Journal();

  constructor(o: ChaosOptions & { stack: LocalStack; sql: Sql; release: AsyncDisposableStack }) {
    this.#o = o;
    this.#canary = new SimulatorControl(o.stack.simulator.controlUrl);
    this.#plant = firstPlant(o.seed);
    this.#schedule = makeSchedule(o);
  }

  async run(): Promise<Verdict> {
    const { stack, sql, signal, screen, seed, seconds, release } = this.#o;
    const edges = await this.#firstBirths();
    release.defer(() => edges.stop());

    this.#journal = new Journal();
    const watching = new AbortController();
    const watch = new Watch({
      sql,
      canary: this.#canary,
      redisUrl: stack.redis.url,
      rate,
      onFinding: (finding) => this.#find(finding),
      signal: AbortSignal.any([signal, watching.signal]),
    });
    const watched = watch.run();
    const injector = new FaultInjector({ stack, canary: this.#canary, seed, signal });
    const workload = new WorkloadRunner({ sql, edges, plant: this.#plant, journal: this.#journal, signal });
    screen.step(`Chaos for ${seconds} s, seed ${seed}: ${this.#schedule.length} steps`);
    await this.#play(injector, workload);
    await injector.finish();
    await workload.finish();

    screen.step('No more faults: everything has to come to rest');
    const restStarted = performance.now();
    const goal = this.#goal(edges);
    const { findings, state } = await converge({ ...goal, publish: goal.publish });
    for (const finding of findings) this.#find(finding);
    const converged = !findings.some((finding) => finding.oracle === 'convergence');
    const convergedInSeconds = converged ? Math.round((performance.now() - restStarted) / 100) / 10 : null;
    this.#looked.convergence = converged ? `in ${convergedInSeconds} s` : 'it is not';
    if (state !== null) {
      this.#looked.plant = `${state.metrics} metrics`;
      this.#looked.parity = `${state.properties} properties`;
    }
    watching.abort(new Error('the run is over'));
    await watched;
    await this.#judgeTheWay(watch, workload);
    if (converged && findings.length === 0) await this.#judgeSessions(workload, goal);

    const workloadDone = { ...workload.done, births: edges.births, interrupted: workload.interrupted };
    const verdicts = judge(this.#findings, this.#looked);
    return {
      ok: verdicts.every((verdict) => verdict.ok),
      seed,
      seconds,
      convergedInSeconds,
      faults: Object.fromEntries([...injector.struck].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      workload: workloadDone,
      oracles: verdicts,
      findings: fewOfEach(this.#findings).map((finding) => ({ ...finding, lastEvents: this.#eventsOf(finding) })),
      schedule: this.#schedule,
    };
  }

  #goal(edges: Edges): ConvergeOptions {
    const { sql, signal } = this.#o;
    return {
      sql,
      canary: this.#canary,
      plant: this.#plant,
      publish: () => edges.publishAll(),
      withinMs: convergenceMs,
      signal,
    };
  }

  async #firstBirths(): Promise<Edges> {
    const { stack, sql, signal, screen } = this.#o;
    screen.step('First births');
    const url = stack.endpoints.mqttUrl;
    const edges = await Edges.connect({
      url,
      plant: this.#plant,
      onError: (error) => screen.notice(`the edge node: ${String(error)}`),
    });
    await bequeath({
      url,
      plant: this.#plant,
      stored: async (again) => {
        const publish = async (): Promise<void> => {
          await edges.publishAll();
          await again();
        };
        const { findings } = await converge({
          sql,
          canary: this.#canary,
          plant: this.#plant,
          publish,
          withinMs: 60_000,
          signal,
        });
        if (findings[0] !== undefined) throw new Error(`the first births did not get through: ${findings[0].detail}`);
      },
    });
    return edges;
  }

  async #play(injector: FaultInjector, workload: WorkloadRunner): Promise<void> {
    const { screen, signal, sql, seconds } = this.#o;
    let shownMs = 0;
    const showProgress = async (): Promise<void> => {
      if (this.#journal.nowMs - shownMs < 5000) return;
      shownMs = this.#journal.nowMs;
      const { dirty, inFlight } = await readDeliveries(sql).catch(() => ({ dirty: '?', inFlight: '?' }));
      const done = Object.values(workload.done).reduce((a, b) => a + b, 0);
      screen.progress(
        shownMs,
        `${done} steps of work done; ${dirty} metrics dirty, ${inFlight} in flight; ${this.#findings.length} findings`,
      );
    };
    for (const step of this.#schedule) {
      await sleep(Math.max(0, step.atMs - this.#journal.nowMs), signal);
      if (step.kind === 'fault') {
        injector.begin(step, (text) => {
          const entry = this.#journal.note(`${faultName(step)}: ${text}`, { fault: true });
          screen.fault(entry.atMs, faultName(step), faultTarget(step), text);
        });
      } else {
        workload.begin(step);
        screen.work(this.#journal.nowMs, step);
      }
      void showProgress();
    }
    await sleep(Math.max(0, seconds * 1000 - this.#journal.nowMs), signal);
  }

  /** What was watched, and what is on record. */
  async #judgeTheWay(watch: Watch, workload: WorkloadRunner): Promise<void> {
    const { sql } = this.#o;
    const stats = await this.#canary.stats();
    const record = await judgeRecord({ sql, canary: this.#canary, plant: this.#plant, committed: workload.committed });
    const bound = redisBound(replicas.cdc);
    const findings = [...record.findings, ...judgeTraffic(stats), ...judgeRedis(watch.mostRedis, bound)];
    for (const finding of findings) this.#find(finding);
    Object.assign(this.#looked, {
      position: `${watch.positions} looks; it stood still for at most ${(watch.longestStandstillMs / 1000).toFixed(1)} s`,
      visible: `${watch.visible.looks} looks, ${watch.visible.changes} changes`,
      order: `${record.points} points`,
      versions: `${record.versions} versions, ${workload.committed.length} committed by hand`,
      renames: `${record.renames} declared`,
      deadLetters: 'no dead letters',
      rate: `at most ${stats.maxRequestsPerSecond} of ${stats.requestsTotal} requests`,
      values: `${stats.propertyWrites} properties written, ${stats.repeatedWrites} again, ${stats.staleWrites} too late`,
      redis: `at most ${(watch.mostRedis.bytes / 1e6).toFixed(1)} MB, ${watch.mostRedis.writeJobs} write jobs`,
    } satisfies Partial<Record<OracleName, string>>);
  }

  /** A last change makes the writers open a session; those of killed ones stay open until Canary ends them. */
  async #judgeSessions(workload: WorkloadRunner, goal: ConvergeOptions): Promise<void> {
    const { stack, screen, signal } = this.#o;
    screen.step('A last change, and the stop');
    const tags = Array.from({ length: 20 }, (_, n) => tagName(n));
    workload.begin({
      kind: 'sql',
      device: archiveDevice,
      shape: 'plain',
      edits: tags.map((tag, n) => ({ edit: 'set', tag, key: 'tooltip', value: `last ${n}` })),
    });
    await workload.finish();
    const { findings } = await converge(goal);
    for (const finding of findings) this.#find(finding);
    const open = await openSessions(stack);
    const before = await this.#canary.stats();
    await stack.stopApps();
    signal.throwIfAborted();
    const after = await this.#canary.stats();
    const revoked = after.sessions.revoked - before.sessions.revoked;
    for (const finding of judgeSessions({ open, revoked })) this.#find(finding);
    this.#looked.sessions = `${open} open, ${revoked} revoked`;
  }

  #find(finding: Finding): void {
    this.#findings.push(finding);
    this.#faultsBefore.set(finding, this.#journal.lastFaults(5));
    if (this.#findings.filter(({ oracle }) => oracle === finding.oracle).length <= mostShown)
      this.#o.screen.finding(finding);
  }

  /** What touched the tag; or the faults before the finding, when it was made on the way. */
  #eventsOf(finding: Finding): string[] {
    const { tag } = finding;
    const entries = tag === null ? (this.#faultsBefore.get(finding) ?? []) : this.#journal.touching(tag, 6);
    return entries.map(({ atMs, text }) => `${(atMs / 1000).toFixed(1)} s  ${text}`.slice(0, 300));
  }
}
