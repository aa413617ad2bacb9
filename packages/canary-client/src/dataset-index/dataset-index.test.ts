import { describe, expect, it } from '@jest/globals';
import { ManualTiming, settled } from '../testing/manual-timing.ts';
import { startScriptedViews, type ScriptedViews } from '../testing/scripted-views.ts';
import { CallBudget } from './call-budget.ts';
import { DatasetIndex } from './dataset-index.ts';
import type { DatasetIndexEvent } from './dataset-index-event.ts';
import { defaultDatasetIndexPolicy, type DatasetIndexPolicy } from './dataset-index-policy.ts';

const never = new AbortController().signal;

interface Setup extends AsyncDisposable {
  readonly canary: ScriptedViews;
  readonly index: DatasetIndex;
  readonly timing: ManualTiming;
  readonly events: DatasetIndexEvent[];
  /** Resolves one id. */
  find(canaryId: string, signal?: AbortSignal): Promise<unknown>;
}

async function setup(options: { policy?: Partial<DatasetIndexPolicy>; view?: string } = {}): Promise<Setup> {
  const view = options.view ?? null;
  const canary = await startScriptedViews(view);
  canary.datasets.set('Secil', ['Portugal.a', 'Portugal.b', 'Portugal.c']);
  canary.datasets.set('Secil2', ['Portugal.d', 'Brazil.a']);
  canary.datasets.set('Secil10', ['Brazil.b']);
  canary.datasets.set('SecilArchive', ['Portugal.a', 'Portugal.old']);
  canary.datasets.set('Other', ['Portugal.x']);
  const timing = new ManualTiming();
  const events: DatasetIndexEvent[] = [];
  const policy = { ...defaultDatasetIndexPolicy, pageSize: 2, ...options.policy };
  const index = new DatasetIndex({
    views: canary.views,
    series: { prefix: 'Secil', viewPrefix: view },
    policy,
    budget: new CallBudget({ ...policy.searches, monotonic: () => timing.monotonic() }),
    limits: () => policy.limits,
    timing,
    onEvent: (event) => events.push(event),
  });
  return {
    canary,
    index,
    timing,
    events,
    find: async (canaryId, signal = never) => (await index.resolve([canaryId], signal)).get(canaryId),
    async [Symbol.asyncDispose]() {
      await index.close();
      await canary[Symbol.asyncDispose]();
    },
  };
}

const found = (tag: string): object => ({ outcome: 'found', tag });
const buildLog = ['/browseStatus', '/browseNodes', ...Array.from({ length: 4 }, () => '/browseTags')];

describe('finding the dataset of a tag', () => {
  it('the dataset that holds the tag counts, not the first segment of its id', async () => {
    await using s = await setup();
    const ids = ['Secil.Portugal.a', 'Secil.Portugal.d', 'Secil.Brazil.b'];
    expect([...(await s.index.resolve(ids, never))]).toEqual([
      ['Secil.Portugal.a', found('Secil.Portugal.a')],
      ['Secil.Portugal.d', found('Secil2.Portugal.d')],
      ['Secil.Brazil.b', found('Secil10.Brazil.b')],
    ]);
    expect(s.canary.takeLog()).toEqual(buildLog);
    expect(s.index.stats).toMatchObject({
      tags: 6,
      datasets: ['Secil', 'Secil2', 'Secil10'],
      conflicts: 0,
      ignored: 0,
    });
  });

  it('datasets that only begin with the same letters are not of the series', async () => {
    await using s = await setup();
    expect(await s.find('Secil.Portugal.old')).toMatchObject({ outcome: 'notFound' });
    expect(await s.find('Other.Portugal.x')).toMatchObject({ outcome: 'notFound' });
  });

  it('works below a view', async () => {
    await using s = await setup({ view: 'Secil View' });
    expect(await s.find('Secil.Brazil.b')).toEqual(found('Secil10.Brazil.b'));
    s.canary.datasets.get('Secil2')?.push('Brazil.new');
    expect(await s.find('Secil.Brazil.new')).toEqual(found('Secil2.Brazil.new'));
  });

  it('a tag in two datasets is the one of the first, with a warning', async () => {
    await using s = await setup();
    s.canary.datasets.get('Secil2')?.push('Brazil.b');
    expect(await s.find('Secil.Brazil.b')).toEqual({
      outcome: 'ambiguous',
      tag: 'Secil2.Brazil.b',
      alsoIn: ['Secil10.Brazil.b'],
    });
    expect(s.index.stats?.conflicts).toBe(1);
  });

  it('fifty calls at once read the index once', async () => {
    await using s = await setup();
    await Promise.all(Array.from({ length: 50 }, async () => s.find('Secil.Portugal.a')));
    expect(s.canary.takeLog()).toEqual(buildLog);
  });

  it('an id without a second segment is no tag', async () => {
    await using s = await setup();
    expect(await s.find('Secil')).toMatchObject({ outcome: 'notFound' });
  });

  it('a series without a dataset says so', async () => {
    await using s = await setup();
    s.canary.datasets.clear();
    expect(await s.find('Secil.Portugal.a')).toEqual({ outcome: 'notFound', detail: 'Views lists no dataset Secil' });
  });
});

describe('a tag the index does not know', () => {
  it('is searched for by itself before it counts as not found, the newest dataset first', async () => {
    await using s = await setup();
    await s.find('Secil.Portugal.a');
    s.canary.takeLog();
    s.canary.datasets.get('Secil10')?.push('Brazil.late tag');
    expect(await s.find('Secil.Brazil.late tag')).toEqual(found('Secil10.Brazil.late tag'));
    expect(s.canary.takeLog()).toEqual(['/browseTags']);
    // Known from now on.
    expect(await s.find('Secil.Brazil.late tag')).toEqual(found('Secil10.Brazil.late tag'));
    expect(s.canary.takeLog()).toEqual([]);
  });

  it('is not found when no dataset has it, and that is remembered for a while', async () => {
    await using s = await setup();
    expect(await s.find('Secil.Brazil.none')).toEqual({ outcome: 'notFound', detail: 'none of Secil* holds the tag' });
    s.canary.takeLog();
    await s.timing.advance(29_000);
    expect(await s.find('Secil.Brazil.none')).toMatchObject({ outcome: 'notFound' });
    expect(s.canary.takeLog()).toEqual([]);
    await s.timing.advance(32_000);
    s.canary.datasets.get('Secil')?.push('Brazil.none');
    expect(await s.find('Secil.Brazil.none')).toEqual(found('Secil.Brazil.none'));
  });

  it('is never taken for one that differs in letter case', async () => {
    await using s = await setup();
    expect(await s.find('Secil.portugal.A')).toEqual({
      outcome: 'notFound',
      detail: 'none of Secil* holds the tag; Secil.Portugal.a differs in letter case',
    });
  });

  it('is never taken for one that merely contains its words', async () => {
    await using s = await setup();
    s.canary.datasets.get('Secil')?.push('Brazil.tag.b', 'Brazil.tag');
    expect(await s.find('Secil.Brazil.ta')).toMatchObject({ outcome: 'notFound' });
  });

  it('is not searched for beyond the budget, and then not called missing either', async () => {
    await using s = await setup({ policy: { searches: { calls: 3, perMs: 60_000, atOnce: 1 } } });
    const resolved = await s.index.resolve(['Secil.x.1', 'Secil.x.2'], never);
    expect([...resolved.values()].map(({ outcome }) => outcome)).toEqual(['notFound', 'unsearched']);
    await s.timing.advance(60_000);
    expect(await s.find('Secil.x.2')).toMatchObject({ outcome: 'notFound' });
  });

  it('is unavailable, not missing, when the search fails', async () => {
    await using s = await setup();
    await s.find('Secil.Portugal.a');
    s.canary.status.set('/browseTags', 503);
    expect(await s.find('Secil.x')).toEqual({
      outcome: 'unavailable',
      failure: { outcome: 'serverFault', status: 503, retryAfterMs: null },
    });
  });
});

describe('keeping the index fresh', () => {
  it('asks for the status once per interval, and reads nothing while no sequence moves', async () => {
    await using s = await setup();
    await s.find('Secil.Portugal.a');
    s.canary.takeLog();
    await s.timing.advance(29_999);
    await s.find('Secil.Portugal.a');
    expect(s.canary.takeLog()).toEqual([]);
    await s.timing.advance(1);
    await s.find('Secil.nowhere');
    expect(s.canary.takeLog()).toEqual(['/browseStatus', '/browseTags', '/browseTags', '/browseTags']);
  });

  it('reads everything again when a sequence moved, and a tag that moved is found where it is', async () => {
    await using s = await setup();
    expect(await s.find('Secil.Portugal.c')).toEqual(found('Secil.Portugal.c'));
    s.canary.datasets.set('Secil', ['Portugal.a', 'Portugal.b']);
    s.canary.datasets.set('Secil11', ['Portugal.c', 'Portugal.new']);
    s.canary.sequence++;
    await s.timing.advance(30_000);
    expect(await s.find('Secil.Portugal.new')).toEqual(found('Secil11.Portugal.new'));
    expect(await s.find('Secil.Portugal.c')).toEqual(found('Secil11.Portugal.c'));
    expect(s.index.stats?.datasets).toEqual(['Secil', 'Secil2', 'Secil10', 'Secil11']);
  });

  it('known tags do not wait for it', async () => {
    await using s = await setup();
    await s.find('Secil.Portugal.a');
    const gate = Promise.withResolvers<void>();
    s.canary.gate = gate.promise;
    s.canary.sequence++;
    await s.timing.advance(30_000);
    let answered = false;
    const answer = s.find('Secil.Portugal.a').then((resolution) => {
      answered = true;
      return resolution;
    });
    await settled();
    expect(answered).toBe(true);
    gate.resolve();
    expect(await answer).toEqual(found('Secil.Portugal.a'));
  });

  it('a reading that fails leaves the index as it was, and is tried again', async () => {
    await using s = await setup();
    await s.find('Secil.Portugal.a');
    s.canary.datasets.get('Secil')?.push('Portugal.new');
    s.canary.sequence++;
    s.canary.status.set('/browseNodes', 500);
    await s.timing.advance(30_000);
    await s.find('Secil.nowhere');
    expect(s.events.map(({ event }) => event)).toEqual(['built', 'buildFailed']);
    expect(await s.find('Secil.Portugal.a')).toEqual(found('Secil.Portugal.a'));
    s.canary.status.clear();
    await s.timing.advance(30_000);
    await s.find('Secil.still nowhere');
    expect(s.events.map(({ event }) => event)).toEqual(['built', 'buildFailed', 'built']);
  });

  it('without a status the index is read again at its highest age', async () => {
    await using s = await setup({ policy: { maxAgeMs: 90_000 } });
    s.canary.status.set('/browseStatus', 404);
    await s.find('Secil.Portugal.a');
    const reads: number[] = [];
    for (let i = 0; i < 4; i++) {
      await s.timing.advance(30_000);
      await s.find(`Secil.nowhere ${i}`);
      reads.push(s.events.filter(({ event }) => event === 'built').length);
    }
    expect(reads).toEqual([1, 1, 2, 2]);
  });
});

describe('when Views cannot be asked', () => {
  it('every tag is unavailable, and the reading is tried again after a backoff, not for each call', async () => {
    await using s = await setup();
    s.canary.status.set('/browseTags', 500);
    expect(await s.find('Secil.Portugal.a')).toMatchObject({ outcome: 'unavailable', failure: { status: 500 } });
    s.canary.takeLog();
    expect(await s.find('Secil.Portugal.a')).toMatchObject({ outcome: 'unavailable' });
    expect(s.canary.takeLog()).toEqual([]);
    s.canary.status.clear();
    await s.timing.advance(1_000);
    expect(await s.find('Secil.Portugal.a')).toEqual(found('Secil.Portugal.a'));
  });

  it('more tags than fit into memory are reported, not half an index', async () => {
    await using s = await setup({ policy: { limits: { maxTags: 3, maxBytes: 1e8 } } });
    expect(await s.find('Secil.Portugal.a')).toMatchObject({
      outcome: 'unavailable',
      failure: { outcome: 'refused', reason: 'tooLarge', detail: expect.stringContaining('more than 3 tags') },
    });
  });

  it('a caller can give up waiting; the reading goes on for the others', async () => {
    await using s = await setup();
    const gate = Promise.withResolvers<void>();
    s.canary.gate = gate.promise;
    const caller = new AbortController();
    const given = s.find('Secil.Portugal.a', caller.signal);
    const other = s.find('Secil.Portugal.b');
    caller.abort(new Error('stop'));
    await expect(given).rejects.toThrow('stop');
    gate.resolve();
    expect(await other).toEqual(found('Secil.Portugal.b'));
  });

  it('closing ends a reading under way', async () => {
    await using s = await setup();
    s.canary.gate = new Promise(() => undefined);
    const waiting = s.find('Secil.Portugal.a');
    await new Promise((resolve) => setImmediate(resolve));
    await s.index.close();
    expect(await waiting).toMatchObject({ outcome: 'unavailable', failure: { outcome: 'refused', reason: 'closed' } });
  });
});
