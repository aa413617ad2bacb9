import { describe, expect, it } from '@jest/globals';
import { firstPlant } from '../plant/layout.ts';
import { laneNames } from './faults.ts';
import { makeSchedule } from './make-schedule.ts';
import { faultName } from './step.ts';

describe('the schedule', () => {
  const schedule = makeSchedule({ seed: 7, seconds: 600 });
  const faults = schedule.flatMap((step) => (step.kind === 'fault' ? [step] : []));

  it('is the same for the same seed, and another for another', () => {
    expect(makeSchedule({ seed: 7, seconds: 600 })).toEqual(schedule);
    expect(makeSchedule({ seed: 8, seconds: 600 })).not.toEqual(schedule);
  });

  it('begins with the plant of its seed', () => {
    const tags = (seed: number) => firstPlant(seed).tagsOf('Kiln');
    expect(tags(7)).toEqual(tags(7));
    expect(tags(7)).not.toEqual(tags(8));
  });

  it('is in time, and over before its end', () => {
    expect(schedule).toEqual(schedule.toSorted((a, b) => a.atMs - b.atMs));
    expect(schedule.at(-1)?.atMs).toBeLessThan(600_000);
    for (const { atMs, forMs } of faults) expect(atMs + forMs).toBeLessThanOrEqual(600_000);
  });

  it.each(laneNames)('has one fault of lane %s at a time', (lane) => {
    const ofLane = faults.filter((fault) => fault.lane === lane);
    expect(ofLane.length).toBeGreaterThan(10);
    const overlapping = ofLane.filter((fault, index) => {
      const before = ofLane[index - 1];
      return before !== undefined && fault.atMs < before.atMs + before.forMs;
    });
    expect(overlapping).toEqual([]);
  });

  it('has every kind of fault, of every process, and every kind of work', () => {
    const kinds = new Set(
      faults.map((fault) => (fault.lane === 'apps' ? `${faultName(fault)} ${fault.index}` : faultName(fault))),
    );
    // 2 faults of each of 5 processes, and those of the servers.
    expect(kinds.size).toBe(10 + 5 + 6 + 1 + 11);
    const work = schedule.flatMap((step) => (step.kind === 'fault' ? [] : [step]));
    expect(new Set(work.map((step) => step.kind))).toEqual(new Set(['birth', 'sql', 'rename']));
    const edits = work.flatMap((step) => (step.kind === 'birth' ? step.edits.map((edit) => edit.edit) : []));
    expect(new Set(edits)).toEqual(new Set(['set', 'unset', 'add', 'drop']));
    const shapes = work.flatMap((step) => (step.kind === 'sql' ? [step.shape] : []));
    expect(new Set(shapes)).toEqual(new Set(['plain', 'overlapping', 'savepoint', 'rolled back']));
  });
});
