import { describe, expect, it } from '@jest/globals';
import type { BirthOutcome, Collision } from '@uns/metadata-store';
import { FaultCollector } from '../quarantine/fault-collector.ts';
import { addFaults } from './birth-result.ts';

type Written = Extract<BirthOutcome, { kind: 'written' }>;

const written = (o: Partial<Written>): Written => ({
  kind: 'written',
  changes: {
    metricsCreated: 0,
    metricsChanged: 0,
    metricsRenamed: 0,
    metricsRetired: 0,
    propertiesInserted: 0,
    propertiesUpdated: 0,
    propertiesDeleted: 0,
  },
  collisions: [],
  identityFaults: [],
  renames: { applied: 0, waiting: 0, impossible: 0 },
  ...o,
});

const entriesOf = (result: Written) => {
  const faults = new FaultCollector();
  addFaults(faults, result);
  return faults.entries().map(({ metric, reason, detail }) => ({ metric, reason, detail }));
};

describe('what the store has against a birth', () => {
  // The holder may have any name, also the refused metric's own.
  it.each<[kind: Collision['kind'], reason: string, detail: string]>([
    ['twin', 'NAME_DUPLICATE', 'the name comes a second time'],
    ['path', 'PATH_TAKEN', 'the path S/P/C/A belongs to A'],
    ['name', 'NAME_TAKEN', 'the name belongs to A'],
  ])('PROMISE-7 goes into quarantine for its own reason: %s as %s', (kind, reason, detail) => {
    const collisions: Collision[] = [{ kind, name: 'A', unsPath: 'S/P/C/A', holder: 'A' }];
    expect(entriesOf(written({ collisions }))).toEqual([{ metric: 'A', reason, detail }]);
  });

  it('PROMISE-7 TC-13 says of identities whether they are shared or cannot be told yet', () => {
    const result = written({
      identityFaults: [
        { kind: 'shared', name: 'A', value: '1' },
        { kind: 'undecided', name: 'B', value: '2' },
        { kind: 'undecided', name: 'C', value: '' },
      ],
    });
    expect(entriesOf(result)).toEqual([
      { metric: 'A', reason: 'IDENTITY_DUPLICATE', detail: "the value 1 is another metric's too" },
      { metric: 'B', reason: 'IDENTITY_UNDECIDED', detail: 'the value is 2' },
      { metric: 'C', reason: 'IDENTITY_UNDECIDED', detail: 'the value is gone' },
    ]);
  });
});
