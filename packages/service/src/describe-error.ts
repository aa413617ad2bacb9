import { types } from 'node:util';

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
  if (!types.isNativeError(error)) return { type: typeof error, message: String(error) };
  const known = errorCode(error);
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: messageOf(error),
    ...(known === undefined ? { stack: error.stack ?? '' } : { code: known }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** The code that Node.js, a server or a library gave an error: `ENOENT`, SQLSTATE `55006`, an MQTT reason. */
export function errorCode(error: unknown): string | number | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? code : undefined;
}

/** A refused connection to a name with several addresses has no message of its own, only those of each attempt. */
function messageOf(error: Error): string {
  if (error.message !== '' || !(error instanceof AggregateError)) return error.message;
  return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join('; ');
}
