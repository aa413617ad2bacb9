import { describe, expect, it } from '@jest/globals';
import { TestCanary } from '../testing/test-canary.ts';

const login = { historians: ['localhost'], clientId: 'test' };

describe('the service and its tokens', () => {
  it('CT-02 version answers without a body', () => {
    expect(new TestCanary().call('v1/version', '')).toMatchObject({ statusCode: 'Good', version: expect.any(String) });
  });

  it('CT-02 a call nobody knows is refused', () => {
    expect(new TestCanary().call('v1/storeTagData').statusCode).toBe('Errors');
  });

  it('CT-02 getDatasets asks for a historian it knows', () => {
    const canary = new TestCanary();
    canary.provision({ datasets: ['Secil', 'Test'] });
    expect(canary.call('v1/getDatasets', { historian: 'localhost:55291' })['datasets']).toEqual(['Secil', 'Test']);
    expect(canary.call('v1/getDatasets', { historian: 'elsewhere' }).statusCode).toBe('Errors');
    expect(canary.call('v1/getDatasets').statusCode).toBe('Errors');
  });

  it('CT-02 where a token is asked for, SAF refuses others with Errors', () => {
    const canary = new TestCanary({ apiTokens: ['right'] });
    for (const how of [{}, { bearer: 'wrong' }]) {
      expect(canary.call('v1/getSessionToken', login, how).statusCode).toBe('Errors');
      expect(canary.call('v1/getDatasets', { historian: 'localhost' }, how).statusCode).toBe('Errors');
    }
    expect(canary.call('v1/getSessionToken', { ...login, apiToken: 'wrong' }).statusCode).toBe('Errors');
    expect(canary.call('v1/getSessionToken', { ...login, apiToken: 'wrong' }, { bearer: 'right' }).statusCode).toBe(
      'Errors',
    );
    expect(canary.stats().sessions.opened).toBe(0);
  });

  it('CT-02 the right token is taken from the body and as a bearer token', () => {
    const canary = new TestCanary({ apiTokens: ['right'] });
    expect(canary.call('v1/getSessionToken', { ...login, apiToken: 'right' }).statusCode).toBe('Good');
    expect(canary.call('v1/getSessionToken', login, { bearer: 'right' }).statusCode).toBe('Good');
    expect(canary.call('v1/getDatasets', { historian: 'localhost' }, { bearer: 'right' }).statusCode).toBe('Good');
  });

  it('CT-02 a token is never taken over plain HTTP', () => {
    const canary = new TestCanary({ apiTokens: ['right'] });
    const answer = canary.call('v1/getSessionToken', { ...login, apiToken: 'right' }, { secure: false });
    expect(answer.errors[0]).toContain('HTTPS');
    expect(
      new TestCanary().call('v1/getSessionToken', { ...login, apiToken: 'any' }, { secure: false }).statusCode,
    ).toBe('Errors');
  });

  it('tokens can be exchanged; sessions opened with the old one live on', () => {
    const canary = new TestCanary({ apiTokens: ['old'] });
    const { sessionToken } = canary.call('v1/getSessionToken', login, { bearer: 'old' });
    canary.control({ ask: 'settings', apiTokens: ['new'], storeRestOnErrors: null });
    expect(canary.call('v1/getSessionToken', login, { bearer: 'old' }).statusCode).toBe('Errors');
    expect(canary.call('v1/getSessionToken', login, { bearer: 'new' }).statusCode).toBe('Good');
    expect(canary.call('v1/keepAlive', { sessionToken }).statusCode).toBe('Good');
  });
});
