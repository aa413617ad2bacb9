import { describe, expect, it } from '@jest/globals';
import { notReady } from './until-ready.ts';

describe('why an app is not ready', () => {
  it('is told by its failing checks', () => {
    const checks = {
      store: { ok: true, detail: 'reachable' },
      broker: { ok: false, detail: 'not connected for 60 s' },
    };
    expect(notReady('ingest', { ok: false, checks })).toEqual(['ingest: broker, not connected for 60 s']);
  });

  it('is that it does not answer', () => {
    expect(notReady('cdc', null)).toEqual(['cdc does not answer']);
  });
});
