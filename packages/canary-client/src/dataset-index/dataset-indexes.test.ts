import { describe, expect, it } from '@jest/globals';
import { ManualTiming } from '../testing/manual-timing.ts';
import { startScriptedViews, type ScriptedViews } from '../testing/scripted-views.ts';
import type { DatasetIndexEvent } from './dataset-index-event.ts';
import { defaultDatasetIndexPolicy, type DatasetIndexPolicy } from './dataset-index-policy.ts';
import { DatasetIndexes } from './dataset-indexes.ts';

const never = new AbortController().signal;

interface Setup extends AsyncDisposable {
  readonly canary: ScriptedViews;
  readonly indexes: DatasetIndexes;
  readonly events: DatasetIndexEvent[];
  outcomes(...canaryIds: string[]): Promise<string[]>;
}

async function setup(fixedPrefix: string | null = null, policy: Partial<DatasetIndexPolicy> = {}): Promise<Setup> {
  const canary = await startScriptedViews();
  canary.datasets.set('Secil', ['a', 'b']);
  canary.datasets.set('Secil2', ['c']);
  canary.datasets.set('Acme', ['a', 'c']);
  const events: DatasetIndexEvent[] = [];
  const indexes = new DatasetIndexes({
    views: canary.views,
    fixedPrefix,
    viewPrefix: null,
    policy: { ...defaultDatasetIndexPolicy, ...policy },
    timing: new ManualTiming(),
    onEvent: (event) => events.push(event),
  });
  return {
    canary,
    indexes,
    events,
    async outcomes(...canaryIds) {
      const resolved = await indexes.resolve(canaryIds, never);
      return canaryIds.map((canaryId) => {
        const resolution = resolved.get(canaryId);
        return resolution?.outcome === 'found' ? resolution.tag : (resolution?.outcome ?? 'missing');
      });
    },
    async [Symbol.asyncDispose]() {
      await indexes.close();
      await canary[Symbol.asyncDispose]();
    },
  };
}

describe('an index for each series of datasets', () => {
  it('the first segment of an id names its series, and no tag crosses into another', async () => {
    await using s = await setup();
    expect(await s.outcomes('Acme.c', 'Secil.c', 'Acme.b', 'Secil.b', 'Nobody.a')).toEqual([
      'Acme.c',
      'Secil2.c',
      'notFound',
      'Secil.b',
      'notFound',
    ]);
    expect([...s.indexes.stats].map(([series, { tags }]) => [series, tags])).toEqual([
      ['Acme', 2],
      ['Secil', 3],
      ['Nobody', 0],
    ]);
    expect(s.events.map(({ series }) => series).toSorted()).toEqual(['Acme', 'Nobody', 'Secil']);
  });

  it('with one series for all, the first segment does not count', async () => {
    await using s = await setup('Secil');
    expect(await s.outcomes('Acme.c', 'Other.b')).toEqual(['Secil2.c', 'Secil.b']);
    expect([...s.indexes.stats.keys()]).toEqual(['Secil']);
  });

  it('the number of series is bounded', async () => {
    await using s = await setup();
    const ids = Array.from({ length: 70 }, (_, i) => `Enterprise${i}.a`);
    const outcomes = await s.outcomes(...ids);
    expect(outcomes.filter((outcome) => outcome === 'unavailable')).toHaveLength(6);
    expect(await s.outcomes('Enterprise0.a')).toEqual(['notFound']);
  });

  it('the limits are for all series together', async () => {
    await using s = await setup(null, { limits: { maxTags: 4, maxBytes: 1e8 } });
    expect(await s.outcomes('Secil.a')).toEqual(['Secil.a']);
    expect(await s.outcomes('Acme.a')).toEqual(['unavailable']);
    expect(s.events.at(-1)).toMatchObject({ series: 'Acme', event: 'buildFailed', failure: { reason: 'tooLarge' } });
  });

  it('the searches for unknown tags are counted for all series together', async () => {
    await using s = await setup(null, { searches: { calls: 2, perMs: 60_000, atOnce: 1 } });
    expect(await s.outcomes('Secil.x')).toEqual(['notFound']);
    expect(await s.outcomes('Acme.x')).toEqual(['unsearched']);
  });
});
