import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@uns/service';
import net from 'node:net';
import { answer, good, portOf, startScriptedServer } from '../testing/scripted-server.ts';
import { startRelay } from '../testing/relay.ts';
import { HttpDoor, type Admission, type CallReport, type HttpDoorOptions } from './http-door.ts';

const never = new AbortController().signal;
const call = { path: '/call', body: () => '{"a":1}', secrets: [] };

function doorTo(url: string, overrides: Partial<HttpDoorOptions> = {}): HttpDoor & Disposable {
  const door = new HttpDoor({
    service: 'saf',
    baseUrl: `${url}/api/v1`,
    allowHttp: true,
    maxSockets: 4,
    attemptTimeoutMs: 5_000,
    maxResponseBytes: 10_000,
    admit: async () => undefined,
    onCall: () => undefined,
    clock: systemClock,
    ...overrides,
  });
  return Object.assign(door, { [Symbol.dispose]: () => door.close() });
}

/** Leave to send, and what the door asks and tells about it. */
function recordedAdmission() {
  const events: string[] = [];
  const admission: Admission = {
    leave: () => {
      events.push('leave');
      return true;
    },
    answered: () => void events.push('answered'),
    ended: () => void events.push('ended'),
  };
  return { admission, events };
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('CT-02 what can happen to a request', () => {
  it('posts JSON below the base URL and reads the envelope', async () => {
    await using server = await startScriptedServer((_request, response) => answer(response, { ...good, extra: 1 }));
    using door = doorTo(server.url);
    expect(await door.post(call, never)).toEqual({ outcome: 'ok', value: { ...good, extra: 1 } });
    expect(server.requests[0]).toMatchObject({ path: '/api/v1/call', body: '{"a":1}' });
    expect(server.requests[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(server.requests[0]?.headers).not.toHaveProperty('accept-encoding');
  });

  it('a server that never answers is a timeout', async () => {
    await using server = await startScriptedServer(() => undefined);
    using door = doorTo(server.url, { attemptTimeoutMs: 50 });
    expect(await door.post(call, never)).toEqual({ outcome: 'timeout', afterMs: 50 });
  });

  it('an answer that stops in the middle is a timeout', async () => {
    await using server = await startScriptedServer((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"statusCode":');
    });
    using door = doorTo(server.url, { attemptTimeoutMs: 50 });
    expect(await door.post(call, never)).toEqual({ outcome: 'timeout', afterMs: 50 });
  });

  it('a connection reset before the answer is no connection', async () => {
    await using server = await startScriptedServer((_request, response) => response.socket?.resetAndDestroy());
    using door = doorTo(server.url);
    expect(await door.post(call, never)).toEqual({ outcome: 'connection', code: 'ECONNRESET' });
  });

  it('an answer whose connection ends too early is not taken for whole', async () => {
    await using server = await startScriptedServer((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000 });
      response.write(JSON.stringify(good), () => response.socket?.destroy());
    });
    using door = doorTo(server.url);
    expect(await door.post(call, never)).toMatchObject({ outcome: 'connection' });
  });

  it('a port on which nobody listens is no connection', async () => {
    using door = doorTo(`http://127.0.0.1:${await closedPort()}`);
    expect(await door.post(call, never)).toEqual({ outcome: 'connection', code: 'ECONNREFUSED' });
  });

  it('reads no more of an answer than allowed', async () => {
    await using server = await startScriptedServer((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1_000)));
      };
      response.on('drain', more);
      more();
    });
    using door = doorTo(server.url);
    expect(await door.post(call, never)).toEqual({ outcome: 'malformed', detail: 'answer larger than 10000 bytes' });
  });

  it('follows no redirect', async () => {
    await using server = await startScriptedServer((_request, response) => {
      response.writeHead(307, { location: '/elsewhere' });
      response.end();
    });
    using door = doorTo(server.url);
    expect(await door.post(call, never)).toMatchObject({ outcome: 'rejected', status: 307 });
    expect(server.requests).toHaveLength(1);
  });

  it.each([500, 502, 503, 429])('never repeats a request by itself: HTTP %d', async (status) => {
    await using server = await startScriptedServer((_request, response) => answer(response, good, status));
    using door = doorTo(server.url);
    await door.post(call, never);
    expect(server.requests).toHaveLength(1);
  });

  it('uses one connection for one call after the other', async () => {
    await using server = await startScriptedServer((_request, response) => answer(response, good));
    using door = doorTo(server.url);
    for (let i = 0; i < 5; i++) await door.post(call, never);
    expect(new Set(server.requests.map(({ port }) => port)).size).toBe(1);
  });
});

describe('the slot before each request', () => {
  it('is awaited before anything is sent, and the body is made after it', async () => {
    await using server = await startScriptedServer((_request, response) => answer(response, good));
    const slot = Promise.withResolvers<undefined>();
    let bodies = 0;
    using door = doorTo(server.url, { admit: () => slot.promise });
    const body = (): string => String(++bodies);
    const posted = door.post({ path: '/call', body, secrets: [] }, never);
    await new Promise((resolve) => setImmediate(resolve));
    expect([server.requests.length, bodies]).toEqual([0, 0]);
    slot.resolve(undefined);
    expect((await posted).outcome).toBe('ok');
    expect([server.requests.length, bodies]).toEqual([1, 1]);
  });

  it('when it is refused, nothing is sent', async () => {
    await using server = await startScriptedServer((_request, response) => answer(response, good));
    const reports: CallReport[] = [];
    using door = doorTo(server.url, {
      admit: async () => Promise.reject(new Error('no Redis')),
      onCall: (report) => reports.push(report),
    });
    expect(await door.post(call, never)).toEqual({
      outcome: 'refused',
      reason: 'notAdmitted',
      detail: 'Error: no Redis',
    });
    expect(server.requests).toEqual([]);
    expect(reports).toEqual([]);
  });

  it('when the caller gives up while waiting, nothing is sent', async () => {
    await using server = await startScriptedServer((_request, response) => answer(response, good));
    const slot = Promise.withResolvers<undefined>();
    const reports: CallReport[] = [];
    using door = doorTo(server.url, { admit: () => slot.promise, onCall: (report) => reports.push(report) });
    const caller = new AbortController();
    const posted = door.post(call, caller.signal);
    caller.abort(new Error('stop'));
    slot.resolve(undefined);
    await expect(posted).rejects.toThrow('stop');
    expect(server.requests).toEqual([]);
    expect(reports).toEqual([]);
  });

  it('is asked as the last thing before the first byte leaves, and told of the answer and of the end', async () => {
    const answers = Promise.withResolvers<void>();
    await using server = await startScriptedServer((_request, response) => {
      void answers.promise.then(() => answer(response, good));
    });
    const { admission, events } = recordedAdmission();
    const written: number[] = [];
    await using proxy = await startRelay(server.url, (bytes) => written.push(bytes));
    using door = doorTo(proxy.url, {
      admit: async () => {
        events.push(`connected ${proxy.connections()}`);
        return admission;
      },
    });
    const posted = door.post(call, never);
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    // The connection is there before the slot is asked for.
    expect(events).toEqual(['connected 1', 'leave']);
    // Head and body in one piece: nothing comes between the question and the request.
    expect(written).toHaveLength(1);
    answers.resolve();
    expect((await posted).outcome).toBe('ok');
    expect(events).toEqual(['connected 1', 'leave', 'answered', 'ended']);
  });

  it('that is too old by then is given back: nothing is sent with it, and the request gets another', async () => {
    await using server = await startScriptedServer((_request, response) => answer(response, good));
    const { admission, events } = recordedAdmission();
    const reports: CallReport[] = [];
    let asked = 0;
    using door = doorTo(server.url, {
      admit: async () => ({ ...admission, leave: () => admission.leave() && (asked += 1) > 2 }),
      onCall: (report) => reports.push(report),
    });
    expect((await door.post(call, never)).outcome).toBe('ok');
    expect(events).toEqual(['leave', 'ended', 'leave', 'ended', 'leave', 'answered', 'ended']);
    expect(server.requests).toHaveLength(1);
    expect(reports).toMatchObject([{ outcome: 'ok' }]);
    asked = -100;
    expect(await door.post(call, never)).toMatchObject({ outcome: 'refused', reason: 'notAdmitted' });
    expect(server.requests).toHaveLength(1);
  });

  it('is not asked for while there is no connection', async () => {
    const { admission, events } = recordedAdmission();
    using nobody = doorTo('http://127.0.0.1:1', { admit: async () => admission });
    expect((await nobody.post(call, never)).outcome).toBe('connection');
    expect(events).toEqual([]);
  });

  it('is given back when the connection was closed meanwhile, and the request goes over a new one', async () => {
    await using server = await startScriptedServer((_request, response) => answer(response, good));
    const { admission, events } = recordedAdmission();
    await using proxy = await startRelay(server.url, () => undefined);
    let asked = 0;
    using door = doorTo(proxy.url, {
      admit: async () => {
        asked += 1;
        if (asked === 1) await proxy.cut();
        return admission;
      },
    });
    expect((await door.post(call, never)).outcome).toBe('ok');
    expect(events).toEqual(['ended', 'leave', 'answered', 'ended']);
    expect(server.requests).toHaveLength(1);
  });

  it('is told of a request that has left and has no answer', async () => {
    await using server = await startScriptedServer(() => undefined);
    const { admission, events } = recordedAdmission();
    using door = doorTo(server.url, { admit: async () => admission, attemptTimeoutMs: 50 });
    expect((await door.post(call, never)).outcome).toBe('timeout');
    expect(events).toEqual(['leave', 'ended']);
  });

  it('does not count towards the deadline of the attempt', async () => {
    await using server = await startScriptedServer((_request, response) => answer(response, good));
    using door = doorTo(server.url, {
      attemptTimeoutMs: 300,
      admit: () => new Promise((resolve) => setTimeout(() => resolve(undefined), 320)),
    });
    expect((await door.post(call, never)).outcome).toBe('ok');
  });
});

it('a caller who gives up gets his own reason, and the request is ended', async () => {
  const ended = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  await using server = await startScriptedServer((_request, response) => {
    response.on('close', () => ended.resolve());
    arrived.resolve();
  });
  const reports: CallReport[] = [];
  using door = doorTo(server.url, { onCall: (report) => reports.push(report) });
  const caller = new AbortController();
  const posted = door.post(call, caller.signal);
  await arrived.promise;
  caller.abort(new Error('stop'));
  await expect(posted).rejects.toThrow('stop');
  await ended.promise;
  expect(reports).toMatchObject([{ path: '/call', outcome: 'aborted' }]);
});

it('reports each request with its outcome and its time', async () => {
  await using server = await startScriptedServer((_request, response) => answer(response, {}, 500));
  const reports: CallReport[] = [];
  using door = doorTo(server.url, { onCall: (report) => reports.push(report) });
  await door.post(call, never);
  expect(reports).toEqual([
    { service: 'saf', path: '/call', outcome: 'serverFault', ms: expect.any(Number), admissionMs: expect.any(Number) },
  ]);
  expect(reports[0]?.ms).toBeGreaterThan(0);
});

it('a closed door lets nothing out', async () => {
  await using server = await startScriptedServer((_request, response) => answer(response, good));
  using door = doorTo(server.url);
  door.close();
  expect(await door.post(call, never)).toMatchObject({ outcome: 'refused', reason: 'closed' });
  expect(server.requests).toEqual([]);
});

it('SEC-03 an answer that echoes the token does not carry it into the outcome', async () => {
  await using server = await startScriptedServer((request, response) =>
    answer(response, { statusCode: 'Errors', errors: [`cannot use ${request.body}`] }),
  );
  using door = doorTo(server.url);
  const outcome = await door.post(
    { path: '/call', body: () => '{"apiToken":"top-s3cret"}', secrets: ['top-s3cret'] },
    never,
  );
  expect(outcome).toEqual({ outcome: 'errors', messages: ['cannot use {"apiToken":"[redacted]"}'] });
});
