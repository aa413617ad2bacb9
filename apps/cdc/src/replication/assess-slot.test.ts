import { describe, expect, it } from '@jest/globals';
import { assessSlot } from './assess-slot.ts';

const server = { systemId: '7', timeline: 1 };
const slot = { activePid: null, confirmed: 0x101n, lost: null, retainedBytes: 0, lagBytes: 0 };
const progress = { ...server, recordedLsn: '0/100' };

describe('assessing the slot', () => {
  it.each([
    ['all is as it was left', slot, progress, 'stream'],
    ['the last acknowledgement was lost', { ...slot, confirmed: 0x50n }, progress, 'stream'],
    ['there is no slot', null, progress, 'create'],
    ['the server has removed log it needs', { ...slot, lost: 'wal_status lost' }, progress, 'recreate'],
    ['nothing was ever recorded', slot, null, 'reconcile'],
    ['it is another server', slot, { ...progress, systemId: '8' }, 'reconcile'],
    ['the server was promoted or restored', slot, { ...progress, timeline: 2 }, 'reconcile'],
    ['somebody moved the slot on', { ...slot, confirmed: 0x102n }, progress, 'reconcile'],
  ])('PROMISE-1 decides when %s', (_when, theSlot, theProgress, action) => {
    expect(assessSlot(theSlot, theProgress, server)).toMatchObject({ action });
  });

  it('PROMISE-2 trusts no record of what was delivered when the store may have gone back in time', () => {
    for (const theSlot of [slot, null, { ...slot, lost: 'invalidated: wal_removed' }]) {
      expect(assessSlot(theSlot, { ...progress, timeline: 2 }, server)).toMatchObject({ inDoubt: 'store' });
    }
    expect(assessSlot(null, progress, server)).toMatchObject({ inDoubt: 'changes' });
  });
});
