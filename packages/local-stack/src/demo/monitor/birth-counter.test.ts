import { describe, expect, it } from '@jest/globals';
import { BirthCounter } from './birth-counter.ts';

const exposition = (
  written: number,
  same: number,
): string => `# HELP uns_ingest_births_total Births worked on, by outcome
# TYPE uns_ingest_births_total counter
uns_ingest_births_total{outcome="written"} ${written}
uns_ingest_births_total{outcome="same"} ${same}

# TYPE uns_ingest_messages_total counter
uns_ingest_messages_total{type="DBIRTH"} 99
`;

describe('the count of births', () => {
  it('is the sum over all outcomes', () => {
    const counter = new BirthCounter();
    counter.read(1, exposition(5, 2));
    expect(counter.total).toBe(7);
  });

  it('is nothing before the first birth', () => {
    const counter = new BirthCounter();
    counter.read(1, '# TYPE uns_ingest_births_total counter\n');
    expect(counter.total).toBe(0);
  });

  it('goes on over a restart of ingest', () => {
    const counter = new BirthCounter();
    counter.read(1, exposition(3, 0));
    counter.read(1, exposition(5, 0));
    counter.read(2, exposition(5, 1));
    expect(counter.total).toBe(11);
  });
});
