import { describe, expect, it } from '@jest/globals';
import { FIXTURES } from '../testing/fixtures/all.ts';
import { largePair } from './large.ts';
import { mutated } from './mutate.ts';
import { outcomeOf } from './outcome.ts';
import { randomIntegers } from './random.ts';

const PAYLOADS = FIXTURES.map((fixture) => fixture.payload);

describe('mutated births', () => {
  it('are the same for the same seed', () => {
    const [a, b] = [1, 2].map(() => {
      const integer = randomIntegers(7);
      return Array.from({ length: 50 }, () => mutated(PAYLOADS, integer));
    });
    expect(a).toEqual(b);
  });

  it('come to all kinds of outcomes, and to no harm', async () => {
    const integer = randomIntegers(2026);
    const outcomes = new Set<string>();
    for (let i = 0; i < 1_500; i++) outcomes.add(await outcomeOf(mutated(PAYLOADS, integer), {}));
    expect(outcomes.size).toBeGreaterThan(100);
  });

  it('PROMISE-6 SPB-13 large pairs are the same for the same seed, small on the wire, and read within limits', async () => {
    const [pair, again] = [await largePair(randomIntegers(26)), await largePair(randomIntegers(26))];
    expect(pair).toEqual(again);
    expect(pair.dbirth.length).toBeLessThan(2 * 1024 ** 2);
    const outcome = await outcomeOf(pair.dbirth, {}, pair.nbirth);
    expect(outcome).toMatch(/^(gzip|deflate) many /);
  });

  it('are told apart by what is wrong with them', async () => {
    await expect(outcomeOf(Buffer.from([0x17]), {})).resolves.toBe('none none PAYLOAD_NOT_SPARKPLUG');
    await expect(outcomeOf(Buffer.from([0x12, 0x00, 0x18, 0x01]), {})).resolves.toBe('none few NAME_MISSING');
  });
});
