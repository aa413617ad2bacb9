import { sessionPaths, storeDataPath } from '../canary/api-paths.ts';
import type { PoisonRule } from '../saf/poison-rules.ts';
import type { Fault, FaultSet } from './fault.ts';
import { seededRandom } from './seeded-random.ts';

type FaultOf<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

/** Faults that decide how a call ends; the other kinds delay it, name tags, or close the door. */
export type EndingFault = Exclude<Fault, FaultOf<'slow' | 'tagErrors' | 'down'>>;

/** What goes wrong with one call. */
export interface Decision {
  /** Delay before the call is carried out, in ms. */
  readonly delayBeforeMs: number;
  /** Delay after it was carried out, in ms. */
  readonly delayAfterMs: number;
  readonly ending: EndingFault | undefined;
  /** Numbers of the poison rules in force for the call. */
  readonly poison: readonly number[];
  /** Kinds that applied, for the log. */
  readonly kinds: readonly Fault['kind'][];
}

interface ActiveFault {
  readonly fault: Fault;
  readonly random: () => number;
  readonly endsAt: number;
  fired: number;
}

export const nothingWrong: Decision = {
  delayBeforeMs: 0,
  delayAfterMs: 0,
  ending: undefined,
  poison: [],
  kinds: [],
};

/** A set of faults at work: decides for each call what goes wrong with it. Times are monotonic ms. */
export class FaultPlan {
  readonly seed: number;
  readonly #faults: readonly ActiveFault[];

  constructor(set: FaultSet, now: number) {
    this.seed = set.seed;
    this.#faults = set.faults.map((fault, index) => ({
      fault,
      random: seededRandom(set.seed + index * 0x9e37_79b9),
      endsAt: now + (fault.forMs ?? Number.POSITIVE_INFINITY),
      fired: 0,
    }));
  }

  /** How often each fault has applied; those of tags are counted where tags are known. */
  get fired(): { readonly fault: Fault; readonly fired: number }[] {
    return this.#faults.map(({ fault, fired }) => ({ fault, fired }));
  }

  get poisonRules(): PoisonRule[] {
    return this.#poison().map(({ fault }) => ({
      tags: fault.tags,
      contains: fault.contains,
      namesTag: fault.namesTag,
      count: fault.count,
    }));
  }

  get down(): FaultOf<'down'> | undefined {
    return this.#faults.map(({ fault }) => fault).find((fault) => fault.kind === 'down');
  }

  decide(path: string, now: number): Decision {
    let delayBeforeMs = 0;
    let delayAfterMs = 0;
    const kinds: Fault['kind'][] = [];
    let ending: EndingFault | undefined = undefined;
    for (const active of this.#faults) {
      const { fault } = active;
      if (fault.kind === 'tagErrors' || fault.kind === 'down' || !applies(active, path, now)) continue;
      if (fault.kind !== 'slow' && ending !== undefined) continue;
      if (active.random() >= fault.share) continue;
      active.fired += 1;
      kinds.push(fault.kind);
      if (fault.kind !== 'slow') ending = fault;
      else if (fault.store === 'late') delayBeforeMs += fault.ms;
      else delayAfterMs += fault.ms;
    }
    return { delayBeforeMs, delayAfterMs, ending, poison: this.#poisonFor(path, now), kinds };
  }

  #poison(): (ActiveFault & { readonly fault: FaultOf<'tagErrors'> })[] {
    return this.#faults.flatMap((active) =>
      active.fault.kind === 'tagErrors' ? [{ ...active, fault: active.fault }] : [],
    );
  }

  #poisonFor(path: string, now: number): number[] {
    if (path !== storeDataPath) return [];
    return this.#poison().flatMap(({ fault, endsAt, random }, rule) =>
      now < endsAt && random() < fault.share ? [rule] : [],
    );
  }
}

/** Whether the fault could apply to the call, before the draw. */
function applies({ fault, fired, endsAt }: ActiveFault, path: string, now: number): boolean {
  if (fault.kind === 'down' || now >= endsAt || fired === fault.count) return false;
  if (fault.kind === 'badSessionToken' && !sessionPaths.includes(path)) return false;
  return fault.paths === undefined || fault.paths.some((each) => each === path);
}
