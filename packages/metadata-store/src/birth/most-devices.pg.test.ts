import { describe, expect, it } from '@jest/globals';
import { sampleBirth } from '../testing/sample-birth.ts';
import { testStore } from '../testing/test-store.ts';
import { writeBirth } from './write-birth.ts';

describe('the number of devices', () => {
  it('PROMISE-6 is bounded: a new one is refused, and those that are there go on', async () => {
    await using store = await testStore();
    const write = (device: string, value = 1) =>
      writeBirth(store.sql, { ...sampleBirth({ device, metrics: { A: { value } } }), mostDevices: 2 });
    expect([await write('a'), await write('b')]).toMatchObject([{ kind: 'written' }, { kind: 'written' }]);
    expect(await write('c')).toEqual({ kind: 'no-room', mostDevices: 2 });
    expect(await write('a', 2)).toMatchObject({ kind: 'written', changes: { propertiesUpdated: 1 } });
    const devices = await store.sql<{ device: string }[]>`select device from uns_meta.devices order by device`;
    expect(devices.map((row) => row.device)).toEqual(['a', 'b']);
  });
});
