import { types } from 'node:util';

/** `instanceof Error` will not do: under jest, Node.js makes its errors with an Error of its own. */
export function isErrno(error: unknown, code: string): error is NodeJS.ErrnoException {
  return types.isNativeError(error) && 'code' in error && error.code === code;
}
