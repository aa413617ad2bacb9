import { describe, expect, it } from '@jest/globals';
import { eventually, testRedis } from '@uns/local-servers/testing';
import { Registry, silentLogger } from '@uns/service';
import { connectRedis } from '../redis/connections.ts';
import type { CircuitPolicy } from './circuit-policy.ts';
import { CircuitOpenError, FleetCircuit } from './fleet-circuit.ts';
import type { Verdict } from './local-breaker.ts';

/** Short times; the rules are those of production. */
const short: Partial<CircuitPolicy> = { openMs: 300, rampMs: 200, probeLeaseMs: 2000 };

/** Pods that share one circuit, and the other side they call: it answers what the test tells it to. */
async function fleet(pods: number, policy: Partial<CircuitPolicy> = short) {
  const server = await testRedis();
  const redis = await connectRedis(server.url, () => undefined);
  const registries = Array.from({ length: pods }, () => new Registry());
  const circuits = registries.map(
    (registry) => new FleetCircuit({ redis, key: 'circuit', policy, registry, logger: silentLogger }),
  );
  const [first] = circuits;
  if (first === undefined) throw new Error('a fleet has a pod');
  let calls = 0;
  return {
    circuits,
    first,
    redis,
    get calls() {
      return calls;
    },
    /** The sum over all pods. */
    count: async (metric: string): Promise<number> => {
      const all = await Promise.all(registries.map(async (registry) => registry.getSingleMetric(metric)?.get()));
      return all.flatMap((one) => one?.values ?? []).reduce((sum, { value }) => sum + value, 0);
    },
    call: (circuit: FleetCircuit, answer: Verdict, takes: number | Promise<void> = 0): Promise<Verdict> =>
      circuit.run(
        async () => {
          calls += 1;
          await (typeof takes === 'number' ? new Promise((resolve) => setTimeout(resolve, takes)) : takes);
          return answer;
        },
        (verdict) => verdict,
      ),
    inState: (circuit: FleetCircuit, state: string) =>
      eventually(async () => expect((await circuit.state()).state).toBe(state)),
    [Symbol.asyncDispose]: async () => {
      for (const circuit of circuits) circuit.close();
      redis.disconnect();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('TC-22 FleetCircuit', () => {
  it('TC-22 opens for the fleet at once when one pod sees 20 failures in a row', async () => {
    await using f = await fleet(2);
    for (let i = 0; i < 20; i += 1) await f.call(f.first, 'failure');
    await expect(f.call(f.first, 'success')).rejects.toThrow(CircuitOpenError);
    const [, second = f.first] = f.circuits;
    await expect(f.call(second, 'success')).rejects.toThrow(CircuitOpenError);
    expect(f.calls).toBe(20);
  });

  it('TC-22 opens when no pod, but the fleet as a whole sees 20 failures in a row', async () => {
    await using f = await fleet(10);
    const twice = [...f.circuits, ...f.circuits];
    await Promise.allSettled(twice.map((circuit) => f.call(circuit, 'failure', 20)));
    expect(f.calls).toBe(20);
    const state = await eventually(async () => {
      const now = await f.first.state();
      expect(now.state).toBe('open');
      return now;
    });
    expect(state).toMatchObject({ reason: 'consecutive-failures' });
    // Many see the need at the same time; one changes the circuit.
    expect(await f.count('uns_canary_circuit_changes_total')).toBe(1);
  });

  it('TC-22 opens when 2 % of the calls of a minute end with 5xx, from the minimum volume on', async () => {
    await using f = await fleet(2);
    const [, second = f.first] = f.circuits;
    const successes = async (circuit: FleetCircuit, count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) await f.call(circuit, 'success');
    };
    await successes(f.first, 100);
    for (let i = 0; i < 3; i += 1) await f.call(f.first, 'server-error');
    await successes(second, 96);
    // 3 of 199 calls so far.
    await expect(f.call(second, 'server-error')).resolves.toBe('server-error');
    await expect(f.call(second, 'success')).rejects.toThrow(CircuitOpenError);
    await expect(second.state()).resolves.toMatchObject({ state: 'open', reason: 'server-error-share' });
  });

  it('TC-22 stays closed at less than 2 %, whatever else fails now and then', async () => {
    await using f = await fleet(1);
    for (let i = 0; i < 300; i += 1) {
      const answer = i % 60 === 59 ? 'server-error' : i % 10 === 0 ? 'failure' : i % 7 === 0 ? 'neutral' : 'success';
      await f.call(f.first, answer);
    }
    await expect(f.first.state()).resolves.toEqual({ state: 'closed' });
  });

  it('TC-22 lets one probe of the whole fleet through when it is half-open', async () => {
    await using f = await fleet(10);
    for (let i = 0; i < 20; i += 1) await f.call(f.first, 'server-error');
    await f.inState(f.first, 'half-open');
    const everybody = await Promise.allSettled(
      [...f.circuits, ...f.circuits].map((circuit) => f.call(circuit, 'success', 50)),
    );
    expect(everybody.filter((call) => call.status === 'fulfilled')).toHaveLength(1);
    expect(f.calls).toBe(21);
  });

  it('TC-22 recovers after a probe that succeeded, over a ramp', async () => {
    await using f = await fleet(2);
    for (let i = 0; i < 20; i += 1) await f.call(f.first, 'server-error');
    await f.inState(f.first, 'half-open');
    expect(f.first.share()).toBe(1);
    await f.call(f.first, 'success');
    expect(f.first.share()).toBeLessThan(0.9);
    const [, second = f.first] = f.circuits;
    await expect(f.call(second, 'success')).resolves.toBe('success');
    await f.inState(f.first, 'closed');
    expect(f.first.share()).toBe(1);
    // Forgotten is what was counted before: one failure more does not open it again.
    await f.call(f.first, 'server-error');
    await expect(f.call(f.first, 'success')).resolves.toBe('success');
  });

  it('TC-22 stays open for another period after a probe that failed', async () => {
    await using f = await fleet(1);
    for (let i = 0; i < 20; i += 1) await f.call(f.first, 'failure');
    await f.inState(f.first, 'half-open');
    await f.call(f.first, 'failure');
    await expect(f.first.state()).resolves.toMatchObject({ state: 'open' });
    await f.inState(f.first, 'half-open');
    expect(f.calls).toBe(21);
  });

  it('TC-22 asks again after a probe whose answer says nothing, or that was given up', async () => {
    await using f = await fleet(1);
    for (let i = 0; i < 20; i += 1) await f.call(f.first, 'failure');
    await f.inState(f.first, 'half-open');
    await f.call(f.first, 'neutral');
    await expect(
      f.first.run(
        () => Promise.reject(new Error('stopped')),
        () => 'success',
      ),
    ).rejects.toThrow('stopped');
    await f.call(f.first, 'success');
    await expect(f.first.state()).resolves.toMatchObject({ state: 'recovering' });
  });

  it('TC-22 probes again when the pod that probed is gone', async () => {
    await using f = await fleet(2, { ...short, probeLeaseMs: 300 });
    const [, second = f.first] = f.circuits;
    for (let i = 0; i < 20; i += 1) await f.call(f.first, 'failure');
    await f.inState(f.first, 'half-open');
    const lost = f.call(f.first, 'success', 1000);
    await eventually(() => expect(f.calls).toBe(21));
    await expect(f.call(second, 'success')).rejects.toThrow(CircuitOpenError);
    await eventually(() => f.call(second, 'success'));
    await lost;
    await expect(f.first.state()).resolves.toMatchObject({ state: expect.stringMatching(/recovering|closed/) });
  });

  it('TC-22 is not moved by calls that began before it opened', async () => {
    await using f = await fleet(1, { ...short, openMs: 60_000 });
    const { promise: opened, resolve: nowOpen } = Promise.withResolvers<void>();
    const late = [f.call(f.first, 'success', opened), f.call(f.first, 'server-error', opened)];
    await eventually(() => expect(f.calls).toBe(2));
    for (let i = 0; i < 20; i += 1) await f.call(f.first, 'failure');
    await f.inState(f.first, 'open');
    nowOpen();
    await Promise.all(late);
    await expect(f.first.state()).resolves.toMatchObject({ state: 'open' });
  });

  it('TC-22 calls nobody while Redis is away', async () => {
    await using f = await fleet(1);
    f.redis.disconnect();
    await expect(f.call(f.first, 'success')).rejects.toThrow(CircuitOpenError);
    expect(f.calls).toBe(0);
  });
});
