import { describe, expect, it } from '@jest/globals';
import { noFacts } from '../canary/call-facts.ts';
import { RequestLog } from './request-log.ts';

function entry(path: string): Parameters<RequestLog['add']>[0] {
  const open = {
    end: 'pending',
    status: null,
    statusCode: null,
    bytes: null,
    faults: [],
    durationMicros: null,
  } as const;
  return { ...noFacts, ...open, arrivalMicros: 1, path };
}

const all = { limit: 100, after: 0, path: undefined };

describe('the log of requests', () => {
  it('keeps the newest, oldest first', () => {
    const log = new RequestLog(3);
    for (const path of ['a', 'b', 'c', 'd']) log.add(entry(path));
    expect(log.last(all).map(({ number, path }) => `${number} ${path}`)).toEqual(['2 b', '3 c', '4 d']);
    expect(log.last({ ...all, limit: 1 }).map(({ path }) => path)).toEqual(['d']);
    expect(log.last({ ...all, after: 3 }).map(({ path }) => path)).toEqual(['d']);
    expect(log.last({ ...all, path: 'b' }).map(({ path }) => path)).toEqual(['b']);
  });

  it('a request that ends late changes no other entry', () => {
    const log = new RequestLog(2);
    const first = log.add(entry('a'));
    log.add(entry('b'));
    log.add(entry('c'));
    log.update(first, { end: 'answered', status: 200 });
    expect(log.last(all).map(({ path, end }) => `${path} ${end}`)).toEqual(['b pending', 'c pending']);
    log.update(3, { end: 'answered', status: 200 });
    expect(log.last(all).at(-1)).toMatchObject({ path: 'c', end: 'answered', status: 200 });
  });

  it('goes on counting after it was cleared', () => {
    const log = new RequestLog(4);
    const before = log.add(entry('a'));
    log.clear();
    expect(log.last(all)).toEqual([]);
    const after = log.add(entry('b'));
    log.update(before, { end: 'reset' });
    expect(after).toBe(2);
    expect(log.last(all)).toMatchObject([{ number: 2, path: 'b', end: 'pending' }]);
  });
});
