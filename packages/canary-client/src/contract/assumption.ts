import type { ContractProbe } from './contract-probe.ts';
import { undecided, type Verdict } from './verdict.ts';

/** One thing the product relies on. */
export interface Assumption {
  readonly id: string;
  readonly says: string;
  /** Assumptions are checked in the order of their list; later ones use what earlier ones wrote. */
  check(probe: ContractProbe, signal: AbortSignal): Promise<Verdict>;
}

export type Finding = Verdict & { readonly id: string; readonly says: string };

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
      verdict = undecided(error instanceof Error ? error.message : 'the check failed');
    }
    yield { id, says, ...verdict };
  }
}
