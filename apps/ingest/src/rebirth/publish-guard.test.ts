import { describe, expect, it } from '@jest/globals';
import { PublishGuard } from './publish-guard.ts';

/** `p`: published, `l`: connection lost; the number is seconds. Returns at which steps a refusal was concluded. */
function conclusions(guard: PublishGuard, steps: [what: 'p' | 'l', seconds: number][]): number[] {
  return steps.flatMap(([what, seconds]) => {
    if (what === 'l') return guard.lost(seconds * 1000) ? [seconds] : [];
    guard.published(seconds * 1000);
    return [];
  });
}

describe('a broker that does not let us publish', () => {
  it('is recognised by three connections in a row that end with a request', () => {
    const guard = new PublishGuard();
    expect(
      conclusions(guard, [
        ['p', 1],
        ['l', 1.5],
        ['p', 10],
        ['l', 11],
        ['p', 20],
        ['l', 20.1],
      ]),
    ).toEqual([20.1]);
    expect([20.2, 3600, 3620, 3621].map((seconds) => guard.isBlocked(seconds * 1000))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('is not suspected when a connection ends later, or a request got through', () => {
    const guard = new PublishGuard();
    expect(
      conclusions(guard, [
        ['p', 1],
        ['l', 9],
        ['p', 10],
        ['l', 20],
        ['p', 30],
        ['l', 40],
      ]),
    ).toEqual([]);
    expect(
      conclusions(guard, [
        ['p', 51],
        ['l', 52],
        ['p', 61],
        ['l', 62],
        ['p', 71],
        ['p', 75],
        ['l', 76],
      ]),
    ).toEqual([]);
  });

  it('needs one more time only, once it was recognised', () => {
    const guard = new PublishGuard();
    conclusions(guard, [
      ['p', 1],
      ['l', 1],
      ['p', 2],
      ['l', 2],
      ['p', 3],
      ['l', 3],
    ]);
    expect(
      conclusions(guard, [
        ['p', 4000],
        ['l', 4001],
      ]),
    ).toEqual([4001]);
  });

  it('is not blamed for a connection that was lost with nothing published', () => {
    expect(
      conclusions(new PublishGuard(), [
        ['l', 1],
        ['l', 2],
        ['l', 3],
        ['l', 4],
      ]),
    ).toEqual([]);
  });
});
