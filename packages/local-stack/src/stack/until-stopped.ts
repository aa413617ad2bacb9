import { watchLaunchers } from '../processes/launchers.ts';

/** A second signal within this time is the same key press that reached us by another way (pnpm passes signals on), in ms. */
const samePressMs = 1000;

/**
 * Aborts the signal at SIGINT or SIGTERM, or when the process that started us is gone. A later signal ends this process at once.
 */
export function untilStopped(): AbortSignal {
  const controller = new AbortController();
  let firstMs = 0;
  const stop = (why: string): void => {
    if (controller.signal.aborted) {
      if (performance.now() - firstMs > samePressMs) process.exit(130);
      return;
    }
    firstMs = performance.now();
    controller.abort(new Error(why));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  const launchersGone = watchLaunchers();
  setInterval(() => {
    if (!controller.signal.aborted && launchersGone()) stop('the process that started us is gone');
  }, 1000).unref();
  return controller.signal;
}

/** Resolves when aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
