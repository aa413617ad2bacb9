import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../faults/seeded-random.ts';
import { HistoryStore, type Point, type WriteResult } from './history-store.ts';

const point = (ms: number, value: number, quality = 192): Point => ({ ms, ticks: 0, value, quality });

function storeWith(...points: Point[]): { store: HistoryStore; tag: number; results: WriteResult[] } {
  const store = new HistoryStore();
  const tag = store.addTag();
  return { store, tag, results: points.map((each) => store.write(tag, 7, each, false)) };
}

describe('history', () => {
  it('newer points are added, the newest is current', () => {
    const { store, tag, results } = storeWith(point(1, 10), point(2, 20));
    expect(results).toEqual(['stored', 'stored']);
    expect(store.newest(tag, 7)).toEqual(point(2, 20));
    expect(store.history(tag, 7)).toEqual([point(1, 10), point(2, 20)]);
  });

  it('the same point again changes nothing, wherever it is in the history', () => {
    const { store, tag, results } = storeWith(point(1, 10), point(2, 20), point(2, 20), point(1, 10));
    expect(results.slice(2)).toEqual(['repeated', 'repeated']);
    expect(store.pointCount).toBe(2);
    expect(store.history(tag, 7)).toHaveLength(2);
  });

  it('without insertReplaceData what is older or differs at the same time is dropped', () => {
    const { store, tag, results } = storeWith(point(5, 10), point(4, 10), point(5, 11), point(5, 10, 0));
    expect(results.slice(1)).toEqual(['stale', 'conflicting', 'conflicting']);
    expect(store.history(tag, 7)).toEqual([point(5, 10)]);
  });

  it('with insertReplaceData it is inserted or takes the place', () => {
    const { store, tag } = storeWith(point(5, 10), point(9, 20));
    expect(store.write(tag, 7, point(7, 15), true)).toBe('stored');
    expect(store.write(tag, 7, point(1, 5), true)).toBe('stored');
    expect(store.write(tag, 7, point(9, 21, 0), true)).toBe('replaced');
    expect(store.history(tag, 7)).toEqual([point(1, 5), point(5, 10), point(7, 15), point(9, 21, 0)]);
  });

  it('100 ns make a later point', () => {
    const { results } = storeWith({ ...point(1, 10), ticks: 1 }, { ...point(1, 11), ticks: 2 }, point(1, 12));
    expect(results).toEqual(['stored', 'stored', 'stale']);
  });

  it('series and tags do not mix, over many pages', () => {
    const store = new HistoryStore();
    const random = seededRandom(1);
    const tags = Array.from({ length: 20_000 }, () => store.addTag());
    const expected = new Map<string, Point[]>();
    const results = new Set<WriteResult>();
    for (let turn = 0; turn < 40_000; turn++) {
      const tag = 1 + Math.floor(random() * tags.length);
      const name = Math.floor(random() * 3);
      const written = point(turn, Math.floor(random() * 1000));
      results.add(store.write(tag, name, written, false));
      const series = expected.get(`${tag} ${name}`);
      if (series === undefined) expected.set(`${tag} ${name}`, [written]);
      else series.push(written);
    }
    expect([...results]).toEqual(['stored']);
    expect(store.pointCount).toBe(40_000);
    expect(store.seriesCount).toBe(expected.size);
    const stored = [...expected.keys()].map((key) => {
      const [tag = 0, name = 0] = key.split(' ').map(Number);
      return store.history(tag, name);
    });
    expect(stored).toEqual([...expected.values()]);
  });
});
