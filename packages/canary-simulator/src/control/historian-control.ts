import type { Canary } from '../canary/canary.ts';
import { historianKey, type CanaryState } from '../canary/canary-state.ts';
import type { Historian } from '../historian/historian.ts';
import type { PoisonRule } from '../saf/poison-rules.ts';
import { listTags } from './list-tags.ts';
import { provisionTags } from './provision-tags.ts';
import { removeTags } from './remove-tags.ts';
import { showHistory } from './show-history.ts';

/** What the control API asks of the thread that holds the historians. Bodies come as bytes: a million tags are parsed there. */
export type ControlRequest =
  | {
      readonly ask: 'tags';
      readonly historian: string | null;
      readonly prefix: string;
      readonly limit: number;
      readonly cursor: string;
    }
  | { readonly ask: 'history'; readonly historian: string | null; readonly tag: string }
  | { readonly ask: 'provision'; readonly body: Uint8Array<ArrayBuffer>; readonly now: number }
  | { readonly ask: 'remove'; readonly body: Uint8Array<ArrayBuffer>; readonly now: number }
  | { readonly ask: 'reset'; readonly keepTags: boolean; readonly keepSessions: boolean; readonly now: number }
  | { readonly ask: 'poison'; readonly rules: readonly PoisonRule[] }
  | {
      readonly ask: 'settings';
      readonly apiTokens: readonly string[] | null;
      readonly storeRestOnErrors: boolean | null;
    };

export interface ControlAnswer {
  /** HTTP status. */
  readonly status: number;
  readonly content: unknown;
}

export function answerControl(canary: Canary, request: ControlRequest): ControlAnswer {
  const { state } = canary;
  switch (request.ask) {
    case 'tags': {
      const historian = historianOf(state, request.historian);
      return historian === undefined ? notFound(`historian "${request.historian}"`) : ok(listTags(historian, request));
    }
    case 'history': {
      const historian = historianOf(state, request.historian);
      const history = historian === undefined ? undefined : showHistory(historian, request.tag);
      return history === undefined ? notFound(`tag "${request.tag}"`) : ok(history);
    }
    case 'provision':
      return okUnlessRefused(provisionTags(state, parseJson(request.body), request.now));
    case 'remove':
      return okUnlessRefused(removeTags(state, parseJson(request.body), request.now));
    case 'reset':
      for (const historian of state.historians.values()) historian.reset(request);
      state.sessions.reset({ keepOpen: request.keepSessions });
      state.generation += 1;
      return ok({});
    case 'poison':
      state.poison.replace(request.rules);
      return ok({});
    default:
      if (request.apiTokens !== null) state.tokens.replace(request.apiTokens);
      if (request.storeRestOnErrors !== null) state.storeRestOnErrors = request.storeRestOnErrors;
      return ok({});
  }
}

const ok = (content: unknown): ControlAnswer => ({ status: 200, content });
const okUnlessRefused = (result: object): ControlAnswer =>
  'problems' in result ? { status: 400, content: result } : ok(result);
const notFound = (what: string): ControlAnswer => ({ status: 404, content: { problems: [`${what} is not known`] } });

const historianOf = (state: CanaryState, name: string | null): Historian | undefined =>
  name === null ? state.primary : state.historians.get(historianKey(name));

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
