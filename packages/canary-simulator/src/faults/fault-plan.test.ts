import { describe, expect, it } from '@jest/globals';
import { faultSetSchema, type FaultInput } from './fault.ts';
import { FaultPlan } from './fault-plan.ts';

const storeData = '/api/v1/storeData';
const keepAlive = '/api/v1/keepAlive';

function plan(faults: FaultInput[], seed = 1): FaultPlan {
  return new FaultPlan(faultSetSchema.parse({ seed, faults }), 1000);
}

const endings = (of: FaultPlan, path: string, calls: number): (string | undefined)[] =>
  Array.from({ length: calls }, () => of.decide(path, 1000).ending?.kind);

describe('faults', () => {
  it('apply to the paths they name', () => {
    const faults = plan([{ kind: 'hang', paths: [keepAlive] }]);
    expect(endings(faults, storeData, 1)).toEqual([undefined]);
    expect(endings(faults, keepAlive, 1)).toEqual(['hang']);
  });

  it('wear off after their count', () => {
    const faults = plan([{ kind: 'serverError', count: 2 }]);
    expect(endings(faults, storeData, 3)).toEqual(['serverError', 'serverError', undefined]);
    expect(faults.fired).toMatchObject([{ fired: 2 }]);
  });

  it('wear off after their time', () => {
    const faults = plan([{ kind: 'serverError', forMs: 500 }]);
    expect(faults.decide(storeData, 1499).ending?.kind).toBe('serverError');
    expect(faults.decide(storeData, 1500).ending).toBeUndefined();
  });

  it('apply to their share of calls, the same calls for the same seed', () => {
    const drawn = endings(plan([{ kind: 'serverError', share: 0.2 }], 7), storeData, 5000);
    const share = drawn.filter((kind) => kind === 'serverError').length / drawn.length;
    expect(share).toBeGreaterThan(0.17);
    expect(share).toBeLessThan(0.23);
    expect(endings(plan([{ kind: 'serverError', share: 0.2 }], 7), storeData, 5000)).toEqual(drawn);
    expect(endings(plan([{ kind: 'serverError', share: 0.2 }], 8), storeData, 5000)).not.toEqual(drawn);
  });

  it('the first that applies decides, delays add up', () => {
    const decision = plan([
      { kind: 'slow', ms: 10 },
      { kind: 'denied' },
      { kind: 'reset' },
      { kind: 'slow', ms: 5 },
      { kind: 'slow', ms: 7, store: 'atOnce' },
    ]).decide(storeData, 1000);
    expect(decision).toMatchObject({ delayBeforeMs: 15, delayAfterMs: 7, ending: { kind: 'denied' } });
    expect(decision.kinds).toEqual(['slow', 'denied', 'slow', 'slow']);
  });

  it('a bad session token is for calls that carry one', () => {
    const faults = plan([{ kind: 'badSessionToken' }]);
    expect(endings(faults, '/api/v1/getSessionToken', 1)).toEqual([undefined]);
    expect(endings(faults, '/api/v2/browseTags', 1)).toEqual([undefined]);
    expect(endings(faults, keepAlive, 1)).toEqual(['badSessionToken']);
  });

  it('poisoned tags are for storeData, numbered among themselves', () => {
    const faults = plan([
      { kind: 'slow', ms: 1 },
      { kind: 'tagErrors', tags: ['S.a'] },
      { kind: 'tagErrors', contains: ['b'], forMs: 1 },
    ]);
    expect(faults.poisonRules).toMatchObject([{ tags: ['S.a'], namesTag: true }, { contains: ['b'] }]);
    expect(faults.decide(storeData, 1000).poison).toEqual([0, 1]);
    expect(faults.decide(storeData, 1001).poison).toEqual([0]);
    expect(faults.decide(keepAlive, 1000).poison).toEqual([]);
  });

  it('every problem of a set is named', () => {
    const result = faultSetSchema.safeParse({
      faults: [
        { kind: 'serverError', status: 404 },
        { kind: 'slow' },
        { kind: 'tagErrors' },
        { kind: 'hang', share: 0, paths: ['/nowhere'], when: 'always' },
        { kind: 'wrong' },
      ],
    });
    const where = new Set(result.error?.issues.map((issue) => issue.path.slice(0, 3).join('.')));
    expect([...where]).toEqual(
      expect.arrayContaining([
        'faults.0.status',
        'faults.1.ms',
        'faults.2',
        'faults.3.share',
        'faults.3',
        'faults.4.kind',
      ]),
    );
  });
});
