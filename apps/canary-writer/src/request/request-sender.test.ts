import { describe, expect, it } from '@jest/globals';
import { GuardRailError, type CanaryClient, type CanaryOutcome, type PropertiesByTag } from '@uns/canary-client';
import { CircuitOpenError, defaultRetryPolicy, type RetryPolicy } from '@uns/delivery';
import { Registry, silentLogger, systemClock } from '@uns/service';
import { WriterMetrics } from '../writer-metrics.ts';
import { RequestSender, type RequestWork } from './request-sender.ts';

const ok: CanaryOutcome<null> = { outcome: 'ok', value: null };
const fault: CanaryOutcome<null> = { outcome: 'serverFault', status: 503, retryAfterMs: null };
const tags: PropertiesByTag = new Map([['Secil.a', [['engUnit', '2026-01-01T00:00:00.0000000Z', 'rpm']]]]);
/** The attempts of production with short times. */
const quick: RetryPolicy = { ...defaultRetryPolicy, baseMs: 1, capMs: 2 };

type Answer = CanaryOutcome<null> | Error | 'hang';

/** A sender to a Canary that gives these answers, the last one again and again. */
function sender(answers: Answer[], o: { retry?: RetryPolicy; session?: CanaryClient['session'] } = {}) {
  const seen = { calls: 0, requests: 0, retries: 0, penalties: [] as number[] };
  const stopping = new AbortController();
  const abort = new AbortController();
  const work: RequestWork = {
    stopping: stopping.signal,
    abort: abort.signal,
    onRequest: () => (seen.requests += 1),
    onRetry: () => (seen.retries += 1),
  };
  const request = new RequestSender({
    client: {
      session: o.session ?? 'open',
      storeProperties: async (_, signal) => {
        const answer = answers[Math.min(seen.calls, answers.length - 1)] ?? ok;
        seen.calls += 1;
        if (answer instanceof Error) throw answer;
        if (answer !== 'hang') return answer;
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      },
    },
    circuit: { run: (call) => call() },
    limiter: {
      penalise: (ms) => {
        seen.penalties.push(ms);
        return Promise.resolve();
      },
    },
    retry: o.retry ?? quick,
    metrics: new WriterMetrics(new Registry(), { testMode: false }),
    logger: silentLogger,
    clock: systemClock,
  });
  return { seen, stopping, abort, send: () => request.send(tags, work) };
}

describe('RequestSender', () => {
  it('TC-22 tries six times in place, then puts the tags off', async () => {
    const s = sender([fault]);
    expect(await s.send()).toEqual({ sent: 'attempts-used', failure: fault });
    expect(s.seen).toMatchObject({ calls: 6, requests: 6, retries: 6 });
  });

  it('TC-22 is content with one success after five failures of any kind', async () => {
    const s = sender([
      fault,
      { outcome: 'timeout', afterMs: 1 },
      { outcome: 'connection', code: 'ECONNRESET' },
      { outcome: 'malformed', detail: '' },
      { outcome: 'badSession' },
      ok,
    ]);
    expect(await s.send()).toEqual({ sent: 'stored' });
    expect(s.seen.calls).toBe(6);
  });

  it('TC-22 waits for as long as the server asks for', async () => {
    const s = sender([{ outcome: 'serverFault', status: 503, retryAfterMs: 200 }, ok]);
    const since = performance.now();
    await s.send();
    expect(performance.now() - since).toBeGreaterThan(190);
  });

  it('TC-22 uses all of its time and no more', async () => {
    const retry = { ...quick, attempts: 100, attemptMs: 10_000, totalMs: 200 };
    const s = sender(['hang'], { retry });
    const since = performance.now();
    expect(await s.send()).toMatchObject({ sent: 'attempts-used', failure: { outcome: 'timeout' } });
    expect(performance.now() - since).toBeGreaterThan(190);
    expect(s.seen.calls).toBe(1);
  });

  it('holds the fleet back at a 429 for as long as it asks for, and burns no attempt', async () => {
    const limited: CanaryOutcome<null> = { outcome: 'rateLimited', retryAfterMs: 700 };
    const unnamed: CanaryOutcome<null> = { outcome: 'rateLimited', retryAfterMs: null };
    const s = sender([limited, unnamed, ...Array.from({ length: 5 }, () => fault), ok]);
    expect(await s.send()).toEqual({ sent: 'stored' });
    expect(s.seen.penalties).toEqual([700, 1000]);
  });

  it('gives the job back when the 429s do not end', async () => {
    const s = sender([{ outcome: 'rateLimited', retryAfterMs: 1 }]);
    await expect(s.send()).rejects.toMatchObject({ name: 'GiveBackError', why: 'slowed-down' });
    expect(s.seen.calls).toBe(10);
  });

  it('leaves a refusal of the content to whoever knows the tags', async () => {
    const s = sender([{ outcome: 'errors', messages: ['Secil.a: no'] }]);
    expect(await s.send()).toEqual({ sent: 'refused', messages: ['Secil.a: no'] });
    expect(s.seen.calls).toBe(1);
  });

  it('gives the job back while there is no session, and counts nothing that was not sent', async () => {
    const s = sender([{ outcome: 'sessionRefused', messages: ['no licence'] }], { session: 'backingOff' });
    await expect(s.send()).rejects.toMatchObject({ why: 'no-session', end: { end: 'return', holdMs: 2000 } });
    const closed = sender([{ outcome: 'refused', reason: 'closed', detail: '' }]);
    await expect(closed.send()).rejects.toMatchObject({ why: 'no-session' });
    expect(closed.seen.requests).toBe(0);
  });

  it('gives the job back when the circuit is open', async () => {
    const s = sender([new CircuitOpenError(60_000)]);
    await expect(s.send()).rejects.toMatchObject({ why: 'circuit-open', end: { end: 'return', holdMs: 2000 } });
  });

  it('waits for no retry once the pod stops', async () => {
    const s = sender([{ outcome: 'serverFault', status: 503, retryAfterMs: 9000 }]);
    setTimeout(() => s.stopping.abort(), 20);
    await expect(s.send()).rejects.toMatchObject({ why: 'stopping', end: { end: 'return', holdMs: 0 } });
    expect(s.seen.calls).toBe(1);
  });

  it('ends a request under way when told to give up', async () => {
    const s = sender(['hang']);
    setTimeout(() => s.abort.abort(new Error('enough')), 20);
    await expect(s.send()).rejects.toMatchObject({ why: 'aborted' });
  });

  it('passes on what the guard rail holds back', async () => {
    await expect(sender([new GuardRailError('Secil.a', 'Test mode is on')]).send()).rejects.toThrow(GuardRailError);
  });
});
