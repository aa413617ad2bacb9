import type { z } from 'zod';

export const safStatusCodes = ['Good', 'Errors', 'BadSessionToken'] as const;
export const viewsStatusCodes = ['Good', 'Errors', 'BadUserToken', 'BadLiveDataToken', 'BadLicense'] as const;

export type StatusCode = (typeof safStatusCodes)[number] | (typeof viewsStatusCodes)[number];

/** What every answer is made of, whatever the HTTP status says. */
export interface Envelope {
  readonly statusCode: StatusCode;
  readonly errors: readonly string[];
  readonly [more: string]: unknown;
}

export const good = (more: Readonly<Record<string, unknown>> = {}): Envelope => ({
  statusCode: 'Good',
  errors: [],
  ...more,
});

export const errors = (...texts: readonly string[]): Envelope => ({ statusCode: 'Errors', errors: texts });

/** Each problem of a body as one line that begins with where it is. */
export const problemsOf = (error: z.ZodError): string[] =>
  error.issues.map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`));
