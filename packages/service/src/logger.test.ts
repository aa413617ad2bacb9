import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.ts';

function capture(secrets: string[] = []) {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, logger: createLogger({ name: 'it', level: 'debug', secrets, destination }) };
}

describe('the logger', () => {
  it('OBS-02 writes JSON lines with time, level, service and the ids it is given', () => {
    const { lines, logger } = capture();
    logger.child({ deliveryId: 'd1' }).info({ metrics: 3 }, 'deliveries enqueued');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      name: 'it',
      deliveryId: 'd1',
      metrics: 3,
      msg: 'deliveries enqueued',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('SEC-03 strikes a secret out wherever it is: message, field, error, nested, escaped', () => {
    const { lines, logger } = capture(['hun"ter2', 'hun']);
    logger.error({ err: new Error('failed with hun"ter2'), deep: { er: ['x hun"ter2 y'] }, 'hun"ter2': 1 }, 'hun"ter2');
    expect(lines.join()).not.toContain('hun');
    expect(lines.join()).toContain('[redacted]');
    expect(() => JSON.parse(lines[0] ?? '') as unknown).not.toThrow();
  });

  it('SEC-03 hides fields that hold credentials, though nobody named their values', () => {
    const { lines, logger } = capture();
    logger.info({ apiToken: 'a1', config: { password: 'b2', deep: { sessionToken: 'c3' } } }, 'x');
    expect(lines.join()).not.toMatch(/a1|b2|c3/);
  });

  it('tells an error of the outside world without a stack, and a fault of our own with one', () => {
    const { lines, logger } = capture();
    const outside = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    logger.warn({ err: outside }, 'away');
    logger.warn({ err: new TypeError('ours', { cause: outside }) }, 'fault');
    const [first, second] = lines.map((line) => (JSON.parse(line) as { err: Record<string, unknown> }).err);
    expect(first).toEqual({ type: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' });
    expect(second).toMatchObject({ type: 'TypeError', stack: expect.stringContaining('logger.test'), cause: first });
  });
});
