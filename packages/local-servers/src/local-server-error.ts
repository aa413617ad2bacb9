/** A local server could not be provided; the message says what to do. Nothing to retry without a change to the machine. */
export class LocalServerError extends Error {
  override name = 'LocalServerError';
}
