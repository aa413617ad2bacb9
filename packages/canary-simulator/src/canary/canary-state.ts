import type { Historian } from '../historian/historian.ts';
import type { PoisonRules } from '../saf/poison-rules.ts';
import type { Sessions } from '../saf/sessions.ts';
import type { ApiTokens } from './api-tokens.ts';

/** Everything the operations of both services work on. */
export interface CanaryState {
  /** By host, in lower case. */
  readonly historians: ReadonlyMap<string, Historian>;
  /** The historian that Views shows. */
  readonly primary: Historian;
  /** First level of every path in Views; null when paths begin with the dataset. */
  readonly view: string | null;
  readonly sessions: Sessions;
  readonly tokens: ApiTokens;
  readonly poison: PoisonRules;
  /** Whether a request with errors stores what is right with it, or nothing. */
  storeRestOnErrors: boolean;
  /** Moves at each reset, so that continuations from before it are refused. */
  generation: number;
}

/** One call, its body already an object. */
export interface Call {
  readonly body: Readonly<Record<string, unknown>>;
  readonly bearer: string | undefined;
  /** Whether it came over HTTPS. */
  readonly secure: boolean;
  /** Epoch ms. */
  readonly now: number;
  /** Numbers of the poison rules in force for this call. */
  readonly poison: readonly number[];
  /** A fault: answer that the session is unknown, and make it so or not. */
  readonly badSession: 'answer' | 'end' | undefined;
}

/** `localhost:55291` and `localhost` are the same historian. */
export const historianKey = (historian: string): string => historian.replace(/:\d{1,5}$/, '').toLowerCase();

/** The historian of this name, none if nobody knows it; all without a name. */
export function historiansNamed(canary: CanaryState, name: string | undefined): Historian[] {
  if (name === undefined) return [...canary.historians.values()];
  const historian = canary.historians.get(historianKey(name));
  return historian === undefined ? [] : [historian];
}
