/** An error as it is logged. */
export interface DescribedError {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: DescribedError;
}

/**
 * Errors with a code come from outside (the network, a server): their code and message say it all, and a stack trace would only hide
 * them. Errors without one are our own faults and keep their stack.
 */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code } = error as { code?: unknown };
  const known = typeof code === 'string' || typeof code === 'number' ? code : undefined;
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: messageOf(error),
    ...(known === undefined ? { stack: error.stack ?? '' } : { code: known }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** A refused connection to a name with several addresses has no message of its own, only those of each attempt. */
function messageOf(error: Error): string {
  if (error.message !== '' || !(error instanceof AggregateError)) return error.message;
  return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join('; ');
}
