import type { ContractProbe } from './contract-probe.ts';

/** What a given Canary showed about an assumption. */
export type Verdict =
  | { readonly verdict: 'held' }
  | { readonly verdict: 'broken'; readonly detail: string }
  /** Could not be found out here. */
  | { readonly verdict: 'undecided'; readonly detail: string };

/** One thing the product relies on. */
export interface Assumption {
  readonly id: string;
  readonly says: string;
  /** Assumptions are checked in the order of their list; later ones use what earlier ones wrote. */
  check(probe: ContractProbe, signal: AbortSignal): Promise<Verdict>;
}

export type Finding = Verdict & { readonly id: string; readonly says: string };

export const held: Verdict = { verdict: 'held' };
export const broken = (detail: string): Verdict => ({ verdict: 'broken', detail });
export const undecided = (detail: string): Verdict => ({ verdict: 'undecided', detail });

/** Checks the assumptions one after the other. A check that fails otherwise leaves its assumption undecided. */
export async function* checkAssumptions(
  assumptions: readonly Assumption[],
  probe: ContractProbe,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  for (const assumption of assumptions) {
    const { id, says } = assumption;
    let verdict: Verdict;
    try {
      verdict = await assumption.check(probe, signal);
    } catch (error) {
      signal.throwIfAborted();
      verdict = undecided(error instanceof Error ? `${error.name}: ${error.message}` : 'the check failed');
    }
    yield { id, says, ...verdict };
  }
}
