import { describe, expect, it } from '@jest/globals';
import { PendingChanges } from './pending-changes.ts';
import { Snapshot } from './snapshot.ts';

const forever = new AbortController().signal;

describe('changes that are not recorded yet', () => {
  it('holds a metric once, and hands all out with the last commit', async () => {
    const pending = new PendingChanges();
    for (const [xid, lsn] of [
      [10, 100n],
      [11, 200n],
    ] as const) {
      pending.begin(xid);
      pending.add([1, 2]);
      pending.add([2]);
      pending.heartbeat(`h${lsn}`);
      pending.commit(lsn);
    }
    const batch = await pending.take(forever);
    expect(batch).toMatchObject({ metricIds: [1, 2], commitLsn: 200n, heartbeat: 'h200', truncated: false });
    expect(pending.size).toBe(0);
  });

  it('PROMISE-1 hands the first of a large transaction out before its commit, which only the last of it carries', async () => {
    const pending = new PendingChanges(3);
    pending.begin(10);
    pending.truncate();
    pending.heartbeat('h');
    for (const id of [1, 2, 3]) pending.add([id]);
    const first = await pending.take(forever);
    expect(first).toMatchObject({ metricIds: [1, 2, 3], commitLsn: null, truncated: false, heartbeat: null });
    // What is marked of it already need not be marked again: it is one transaction, seen whole or not at all.
    for (const id of [3, 1, 4]) pending.add([id]);
    pending.commit(100n);
    const second = await pending.take(forever);
    expect(second).toMatchObject({ metricIds: [4], commitLsn: 100n, truncated: true, heartbeat: 'h' });
    // Both wait until the transaction can be seen.
    const running = new Snapshot('10:12:10');
    const ended = new Snapshot('11:12:');
    for (const { transactions } of [first, second]) {
      expect([transactions.isVisibleIn(running), transactions.isVisibleIn(ended)]).toEqual([false, true]);
    }
  });

  it('PROMISE-1 hands a metric out again that a later transaction changes', async () => {
    const pending = new PendingChanges(2);
    pending.begin(10);
    pending.add([1, 2]);
    await pending.take(forever);
    pending.commit(100n);
    pending.begin(11);
    pending.add([1]);
    pending.commit(200n);
    expect(await pending.take(forever)).toMatchObject({ metricIds: [1], commitLsn: 200n });
  });

  it('stops waiting when aborted', async () => {
    const stop = new AbortController();
    const taking = new PendingChanges().take(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(taking).rejects.toThrow('stopped');
  });
});

describe('what a snapshot shows', () => {
  it.each([
    ['before the oldest that runs', 99, true],
    ['that runs', 100, false],
    ['between those that run', 101, true],
    ['that is the next', 103, false],
    ['after the next', 110, false],
  ])('a transaction %s', (_what, low, expected) => {
    const snapshot = new Snapshot('100:103:100,102');
    expect(snapshot.hasEnded(snapshot.fullId(low))).toBe(expected);
  });

  it('finds the epoch of an id around the turn of the low half', () => {
    const epoch = 5n << 32n;
    expect(new Snapshot(`${epoch + 3n}:${epoch + 10n}:`).fullId(0xffff_fff0)).toBe(epoch - 16n);
    expect(new Snapshot(`${epoch - 9n}:${epoch - 5n}:`).fullId(2)).toBe(epoch + 2n);
  });
});
