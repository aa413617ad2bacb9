import { describe, expect, it } from '@jest/globals';
import { at, property, TestCanary } from '../testing/test-canary.ts';

function withTags(...tags: string[]): TestCanary {
  const canary = new TestCanary();
  canary.provision({ tags });
  return canary;
}

const opened = (canary: TestCanary, settings?: unknown): string => {
  const body = { historians: ['localhost'], clientId: 'test', ...(settings === undefined ? {} : { settings }) };
  return String(canary.call('v1/getSessionToken', body)['sessionToken']);
};

describe('sessions', () => {
  it('CT-02 a session is opened, kept alive and revoked', () => {
    const canary = new TestCanary();
    const sessionToken = canary.openSession();
    expect(canary.call('v1/keepAlive', { sessionToken })).toEqual({ statusCode: 'Good', errors: [] });
    expect(canary.call('v1/revokeSessionToken', { sessionToken }).statusCode).toBe('Good');
    expect(canary.call('v1/keepAlive', { sessionToken }).statusCode).toBe('BadSessionToken');
    expect(canary.stats().sessions).toEqual({ open: 0, opened: 1, revoked: 1, expired: 0, dropped: 0 });
  });

  it.each([
    ['v1/keepAlive', {}],
    ['v1/revokeSessionToken', {}],
    ['v1/updateSettings', { settings: {} }],
    ['v1/storeData', { properties: { 'Secil.a': [property('p', 0, 1)] } }],
    ['v1/obsoleteTags', { tags: ['Secil.a'] }],
    ['v1/unobsoleteTags', { tags: ['Secil.a'] }],
  ])('CT-02 %s without a session, or with one nobody knows, is BadSessionToken', (path, body) => {
    const canary = withTags('Secil.a');
    expect(canary.call(path, body).statusCode).toBe('BadSessionToken');
    expect(canary.call(path, { ...body, sessionToken: 'made-up' }).statusCode).toBe('BadSessionToken');
    expect(canary.stats().properties).toBe(0);
  });

  it('CT-02 a session ends after its clientTimeout without use; any call of it is use', () => {
    const canary = withTags('Secil.a');
    const sessionToken = canary.openSession({ clientTimeout: 120_000 });
    canary.now += 120_000;
    expect(canary.call('v1/keepAlive', { sessionToken }).statusCode).toBe('Good');
    canary.now += 120_000;
    expect(canary.storeProperties(sessionToken, { 'Secil.a': [property('p', 0, 1)] }).statusCode).toBe('Good');
    canary.now += 120_001;
    expect(canary.call('v1/keepAlive', { sessionToken }).statusCode).toBe('BadSessionToken');
    expect(canary.stats().sessions).toMatchObject({ open: 0, expired: 1, revoked: 0 });
  });

  it('CT-02 the default clientTimeout is 60 s, and expiry is counted without another call', () => {
    const canary = new TestCanary();
    const sessionToken = opened(canary);
    canary.now += 60_000;
    expect(canary.stats().sessions).toMatchObject({ open: 1, expired: 0 });
    canary.now += 1;
    expect(canary.stats().sessions).toMatchObject({ open: 0, expired: 1 });
    expect(canary.call('v1/keepAlive', { sessionToken }).statusCode).toBe('BadSessionToken');
  });

  it('CT-02 one session that ends leaves the others alone', () => {
    const canary = new TestCanary();
    const short = canary.openSession({ clientTimeout: 1000 });
    const long = canary.openSession({ clientTimeout: 5000 });
    canary.now += 3000;
    expect(canary.call('v1/keepAlive', { sessionToken: short }).statusCode).toBe('BadSessionToken');
    expect(canary.call('v1/keepAlive', { sessionToken: long }).statusCode).toBe('Good');
    canary.now += 5001;
    expect(canary.stats().sessions).toMatchObject({ open: 0, expired: 2 });
  });

  it('CT-02 updateSettings changes what it names and leaves the rest', () => {
    const canary = withTags('Secil.a');
    const sessionToken = opened(canary, { autoWriteNoData: false });
    const settings = { clientTimeout: 1000, extendData: false };
    expect(canary.call('v1/updateSettings', { sessionToken, settings }).statusCode).toBe('Good');
    canary.storeProperties(sessionToken, { 'Secil.a': [property('p', 0, 1)] });
    canary.now += 1001;
    expect(canary.stats()).toMatchObject({ noDataPoints: 0, extendedPoints: 0, sessions: { expired: 1 } });
  });

  it.each([
    ['no body', ''],
    ['no historian', { historians: [], clientId: 'x' }],
    ['no client', { historians: ['localhost'] }],
    ['historians that are no list', { historians: 'localhost', clientId: 'x' }],
    ['an unknown field', { historians: ['localhost'], clientId: 'x', clientID: 'x' }],
    ['an unknown setting', { historians: ['localhost'], clientId: 'x', settings: { autoWriteNoDate: false } }],
    ['a setting of the wrong type', { historians: ['localhost'], clientId: 'x', settings: { extendData: 'false' } }],
    ['a historian nobody knows', { historians: ['localhost', 'elsewhere'], clientId: 'x' }],
  ])('CT-02 getSessionToken with %s is refused with Errors that say why', (_what, body) => {
    const answer = new TestCanary().call('v1/getSessionToken', body);
    expect(answer.statusCode).toBe('Errors');
    expect(answer.errors[0]).toMatch(/\w+ \w+/);
    expect(answer).not.toHaveProperty('sessionToken');
  });

  it('CT-02 a historian may be named with its port, in any case', () => {
    expect(new TestCanary().openSession({}, ['LocalHost:55291'])).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('with the defaults, a revoked session leaves a "No Data" point 100 ns after the last and extended values', () => {
    const canary = withTags('Secil.a', 'Secil.b');
    const sessionToken = opened(canary);
    canary.storeProperties(sessionToken, { 'Secil.a': [property('p', 1, 1), property('q', 2, 1)] });
    canary.call('v1/keepAlive', { sessionToken });
    canary.call('v1/revokeSessionToken', { sessionToken });
    expect(canary.stats()).toMatchObject({ noDataPoints: 1, extendedPoints: 2, tvqs: 0 });
    expect(canary.history('Secil.a')).toMatchObject({
      tvqs: [{ timestamp: '2025-08-26T12:00:02.0000001Z', value: null, quality: 0x8000 }],
    });
  });

  it('with the defaults, a session that expires leaves "No Data" points too, once', () => {
    const canary = withTags('Secil.a');
    for (const second of [1, 1]) {
      const sessionToken = opened(canary);
      canary.storeProperties(sessionToken, { 'Secil.a': [property('p', second, 1)] });
      canary.now += 60_001;
      canary.stats();
    }
    expect(canary.stats()).toMatchObject({ noDataPoints: 1, sessions: { expired: 2 } });
  });

  it('with autoWriteNoData and extendData off, nothing is added whichever way the session ends', () => {
    const canary = withTags('Secil.a');
    const revoked = canary.openSession();
    canary.storeProperties(revoked, { 'Secil.a': [property('p', 1, 1)] });
    canary.call('v1/keepAlive', { sessionToken: revoked });
    canary.call('v1/revokeSessionToken', { sessionToken: revoked });
    const expired = canary.openSession();
    canary.storeProperties(expired, { 'Secil.a': [property('p', 2, 1)] });
    canary.now += 60_001;
    expect(canary.stats()).toMatchObject({ noDataPoints: 0, extendedPoints: 0 });
    expect(canary.history('Secil.a')).toMatchObject({ tvqs: [] });
  });

  it('TC-31 a fault answers BadSessionToken, and ends the session or not', () => {
    const canary = withTags('Secil.a');
    const sessionToken = canary.openSession();
    const properties = { 'Secil.a': [['p', at(1), 1]] };
    expect(canary.storeProperties(sessionToken, properties, { badSession: 'answer' }).statusCode).toBe(
      'BadSessionToken',
    );
    expect(canary.stats()).toMatchObject({ properties: 0, sessions: { open: 1 } });
    expect(canary.storeProperties(sessionToken, properties, { badSession: 'end' }).statusCode).toBe('BadSessionToken');
    expect(canary.storeProperties(sessionToken, properties).statusCode).toBe('BadSessionToken');
    expect(canary.stats()).toMatchObject({ properties: 0, sessions: { open: 0, dropped: 1 } });
  });
});
