import { ok, type CanaryOutcome } from '../outcome.ts';
import { envelopeSchema, errorText, type Envelope } from './envelope.ts';
import type { Excerpt } from './redact.ts';
import { retryAfterMs } from './retry-after.ts';

const MAX_MESSAGES = 200;
const MAX_MESSAGE_CHARS = 1_000;
const MAX_DETAIL_CHARS = 300;

/** An HTTP answer that arrived whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/**
 * Says what an answer means. A 200 is not success: only `statusCode: "Good"` without errors is.
 *
 * @param now Wall clock in epoch ms.
 */
export function classifyAnswer(answer: HttpAnswer, excerpt: Excerpt, now: number): CanaryOutcome<Envelope> {
  const { status } = answer;
  if (status === 401 || status === 403) return { outcome: 'unauthorised', detail: `HTTP ${status}` };
  if (status === 429) return { outcome: 'rateLimited', retryAfterMs: retryAfterMs(answer.retryAfter, now) };
  if (status === 408 || status >= 500) {
    return { outcome: 'serverFault', status, retryAfterMs: retryAfterMs(answer.retryAfter, now) };
  }
  if (status < 200 || status > 299) {
    return { outcome: 'rejected', status, detail: excerpt(answer.body, MAX_DETAIL_CHARS) };
  }
  return classifyBody(answer.body, excerpt);
}

function classifyBody(body: string, excerpt: Excerpt): CanaryOutcome<Envelope> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { outcome: 'malformed', detail: excerpt(`not JSON: ${body}`, MAX_DETAIL_CHARS) };
  }
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) {
    return { outcome: 'malformed', detail: excerpt(`no envelope: ${body}`, MAX_DETAIL_CHARS) };
  }
  return classifyEnvelope(envelope.data, excerpt);
}

function classifyEnvelope(envelope: Envelope, excerpt: Excerpt): CanaryOutcome<Envelope> {
  const messages = (envelope.errors ?? [])
    .slice(0, MAX_MESSAGES)
    .map((entry) => excerpt(errorText(entry), MAX_MESSAGE_CHARS));
  const detail = messages[0] ?? envelope.statusCode;
  switch (envelope.statusCode) {
    case 'Good':
      // Nothing says that "Good" with errors stored everything, so it does not count as success.
      return messages.length === 0 ? ok(envelope) : { outcome: 'errors', messages };
    case 'Errors':
      return { outcome: 'errors', messages: messages.length === 0 ? ['no text given'] : messages };
    case 'BadSessionToken':
      return { outcome: 'badSession' };
    case 'BadUserToken':
    case 'BadLiveDataToken':
      return { outcome: 'unauthorised', detail };
    case 'BadLicense':
      return { outcome: 'unlicensed', detail };
    default:
      return {
        outcome: 'malformed',
        detail: excerpt(`unknown statusCode ${envelope.statusCode}: ${detail}`, MAX_DETAIL_CHARS),
      };
  }
}
