import { describe, expect, it } from '@jest/globals';
import { Journal } from './journal.ts';

describe('the journal', () => {
  it('shows the last events of a tag, each with the two faults before it', () => {
    const journal = new Journal();
    for (const fault of ['f1', 'f2', 'f3']) journal.note(fault, { fault: true });
    journal.note('a1', { tags: ['a'] });
    journal.note('b1', { tags: ['b'] });
    journal.note('a2', { tags: ['a', 'b'] });
    expect(journal.touching('a', 1).map((entry) => entry.text)).toEqual(['f2', 'f3', 'a2']);
    expect(journal.touching('a', 5).map((entry) => entry.text)).toEqual(['f2', 'f3', 'a1', 'a2']);
    expect(journal.touching('nobody', 5)).toEqual([]);
  });
});
