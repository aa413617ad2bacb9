import { unreachable } from './unreachable.ts';

/** Why a call sent nothing. */
export type RefusalReason = 'closed' | 'notAdmitted' | 'noToken' | 'tooLarge';

/**
 * Every way not to get what was asked for. One union for all calls, made where the HTTP answer arrives; nothing behind
 * that door sees a status code, an exception of the HTTP library, or an envelope.
 */
export type CanaryFailure =
  /** Canary took the request and refused it, or a part of it. The texts are Canary's, bounded and free of secrets. */
  | { readonly outcome: 'errors'; readonly messages: readonly string[] }
  /** The session token is unknown or expired, again after one new login. */
  | { readonly outcome: 'badSession' }
  /** No session could be opened for another reason than the transport's: nothing was said about the data itself. */
  | { readonly outcome: 'sessionRefused'; readonly messages: readonly string[] }
  | { readonly outcome: 'unauthorised'; readonly detail: string }
  | { readonly outcome: 'unlicensed'; readonly detail: string }
  | { readonly outcome: 'rateLimited'; readonly retryAfterMs: number | null }
  /** HTTP 408 or 5xx. */
  | { readonly outcome: 'serverFault'; readonly status: number; readonly retryAfterMs: number | null }
  /** Any other HTTP status outside 2xx: a proxy in the way, a wrong URL, a body limit. */
  | { readonly outcome: 'rejected'; readonly status: number; readonly detail: string }
  | { readonly outcome: 'timeout'; readonly afterMs: number }
  | { readonly outcome: 'connection'; readonly code: string }
  /** An answer that cannot be understood. What the request did is unknown. */
  | { readonly outcome: 'malformed'; readonly detail: string }
  /** Nothing was sent. */
  | { readonly outcome: 'refused'; readonly reason: RefusalReason; readonly detail: string };

export type CanaryOutcome<T> = { readonly outcome: 'ok'; readonly value: T } | CanaryFailure;

export function ok<T>(value: T): CanaryOutcome<T> {
  return { outcome: 'ok', value };
}

/** One line for people: a log, a receipt, a dead letter. Holds no secret. */
export function describeFailure(failure: CanaryFailure): string {
  switch (failure.outcome) {
    case 'errors':
      return `Canary answered Errors: ${failure.messages.join('; ')}`;
    case 'badSession':
      return 'Canary rejected the session token, and the one of a new login too';
    case 'sessionRefused':
      return `Canary opened no session: ${failure.messages.join('; ')}`;
    case 'unauthorised':
      return `Canary does not accept the API token: ${failure.detail}`;
    case 'unlicensed':
      return `Canary has no licence for this call: ${failure.detail}`;
    case 'rateLimited':
      return failure.retryAfterMs === null
        ? 'HTTP 429 from Canary'
        : `HTTP 429 from Canary, retry after ${failure.retryAfterMs} ms`;
    case 'serverFault':
      return `HTTP ${failure.status} from Canary`;
    case 'rejected':
      return `HTTP ${failure.status} from Canary: ${failure.detail}`;
    case 'timeout':
      return `no answer from Canary within ${failure.afterMs} ms`;
    case 'connection':
      return `no connection to Canary: ${failure.code}`;
    case 'malformed':
      return `an answer of Canary makes no sense: ${failure.detail}`;
    case 'refused':
      return `nothing was sent: ${failure.detail}`;
    default:
      return unreachable(failure);
  }
}
