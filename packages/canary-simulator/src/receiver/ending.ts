import { STATUS_CODES } from 'node:http';
import type { ApiAnswer } from '../canary/canary.ts';
import { errors, type StatusCode } from '../canary/envelope.ts';
import type { EndingFault } from '../faults/fault-plan.ts';

/** How a request ends: with an answer, a reset connection, or without a word for ever. */
export type Ending =
  | {
      readonly end: 'answered';
      readonly status: number;
      readonly statusCode: StatusCode | null;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
    }
  | { readonly end: 'reset' }
  | { readonly end: 'hung' };

const json = { 'content-type': 'application/json; charset=utf-8' };

/** What Canary says, which is HTTP 200 whatever it is. */
export const said = (answer: Pick<ApiAnswer, 'statusCode' | 'text'>): Ending => ({
  end: 'answered',
  status: 200,
  statusCode: answer.statusCode,
  headers: json,
  text: answer.text,
});

export const saidErrors = (problem: string): Ending =>
  said({ statusCode: 'Errors', text: JSON.stringify(errors(problem)) });

/** What a web server or a proxy says where Canary does not get to speak: a page for people. */
export function page(status: number, headers: Readonly<Record<string, string>> = {}, detail = ''): Ending {
  const title = `${status} ${STATUS_CODES[status] ?? 'Error'}`;
  return {
    end: 'answered',
    status,
    statusCode: null,
    headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
    text: `<html><head><title>${title}</title></head><body><h1>${title}</h1>${detail}</body></html>\n`,
  };
}

export const tooManyRequests = (retryAfterSeconds: number): Ending =>
  page(429, { 'retry-after': String(retryAfterSeconds) });

const carriedOut: Readonly<Record<Exclude<EndingFault['kind'], 'malformedJson'>, boolean>> = {
  lostAnswer: true,
  badSessionToken: true,
  serverError: false,
  hang: false,
  reset: false,
  tooManyRequests: false,
  denied: false,
  statusCode: false,
};

/** Whether the call is carried out before the fault shows. */
export function isCarriedOut(fault: EndingFault | undefined): boolean {
  if (fault === undefined) return true;
  return fault.kind === 'malformedJson' ? fault.stores : carriedOut[fault.kind];
}

/** What becomes of an answer under a fault. */
export function endingUnder(fault: EndingFault | undefined, answer: ApiAnswer): Ending {
  if (fault === undefined) return said(answer);
  switch (fault.kind) {
    case 'badSessionToken':
      return said(answer);
    case 'serverError':
      return page(
        fault.status,
        fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) },
      );
    case 'hang':
      return { end: 'hung' };
    case 'reset':
      return { end: 'reset' };
    case 'lostAnswer':
      return { end: fault.by === 'hang' ? 'hung' : 'reset' };
    case 'tooManyRequests':
      return tooManyRequests(fault.retryAfterSeconds);
    case 'denied':
      return page(fault.status, fault.status === 401 ? { 'www-authenticate': 'Bearer' } : {});
    case 'malformedJson':
      return { end: 'answered', status: 200, statusCode: null, headers: json, text: '{"statusCode":"Good","err' };
    default: {
      const { statusCode } = fault;
      return said({ statusCode, text: JSON.stringify({ statusCode, errors: fault.errors }) });
    }
  }
}
