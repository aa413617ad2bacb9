/** The `code` of an error, e.g. `ECONNRESET`; the fallback when it has none. */
export function errorCode(error: unknown, fallback: string): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : fallback;
}
