import { errorCode } from './error-code.ts';
import { ok, type CanaryOutcome } from './outcome.ts';

/** Reads the API token. Called for every login, so that a mounted secret can rotate; undefined: Canary wants none. */
export type TokenProvider = () => string | undefined;

/** The token as it is now, without the white space a mounted file ends with; an empty one counts as none. */
export function readToken(provider: TokenProvider): CanaryOutcome<string | undefined> {
  try {
    const token = provider()?.trim();
    return ok(token === '' ? undefined : token);
  } catch (error) {
    // Only the code: the text of a provider's error could hold what it read.
    const code = errorCode(error, 'no code');
    return { outcome: 'refused', reason: 'noToken', detail: `the API token cannot be read (${code})` };
  }
}
