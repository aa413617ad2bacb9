/** A call did not end within its deadline. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError';
  readonly ms: number;

  constructor(ms: number) {
    super(`no result within ${ms} ms`);
    this.ms = ms;
  }
}

/**
 * Runs `f` with a signal that is aborted after `ms` milliseconds or with the outer signal.
 *
 * @throws DeadlineExceededError after `ms`, even when `f` does not obey its signal; the outer signal's reason when that is aborted.
 */
export async function withDeadline<T>(
  ms: number,
  outer: AbortSignal | undefined,
  f: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  const aborted = Promise.withResolvers<never>();
  // Nobody waits for this promise when `f` ends first.
  aborted.promise.catch(() => undefined);
  const abort = (reason: unknown): void => {
    controller.abort(reason);
    aborted.reject(reason);
  };
  const onOuter = (): void => abort(outer?.reason);
  outer?.addEventListener('abort', onOuter, { once: true });
  const timer = setTimeout(() => abort(new DeadlineExceededError(ms)), ms);
  try {
    return await Promise.race([f(controller.signal), aborted.promise]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', onOuter);
  }
}
