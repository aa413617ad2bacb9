import { describe, expect, it } from '@jest/globals';
import { DemoFailure, waitUntil } from './wait-until.ts';

const never = new AbortController().signal;
const late = (): Promise<string> => Promise.resolve('12 metrics are still pending after 0.1 s');

describe('waiting', () => {
  it('ends with what was waited for', async () => {
    const results = [null, null, 'there'];
    const attempt = (): Promise<string | null> => Promise.resolve(results.shift() ?? null);
    await expect(waitUntil({ seconds: 5, signal: never, attempt, late })).resolves.toBe('there');
  });

  it('ends after the deadline, and says what did not happen', async () => {
    const failed = waitUntil({ seconds: 0.1, signal: never, attempt: () => Promise.resolve(null), late });
    await expect(failed).rejects.toThrow(new DemoFailure('12 metrics are still pending after 0.1 s'));
  });

  it('ends when the demo is stopped', async () => {
    const stop = new AbortController();
    const waiting = waitUntil({ seconds: 60, signal: stop.signal, attempt: () => Promise.resolve(null), late });
    stop.abort(new Error('SIGINT'));
    await expect(waiting).rejects.toThrow('SIGINT');
  });
});
