import { describe, expect, it } from '@jest/globals';
import { RememberedBirths } from './remembered-births.ts';

const deviceOf = (device: string) => ({ group: 'Secil', edge: 'Portugal', device });
const birth = (digest: string) => ({
  digest: Buffer.from(digest),
  fingerprint: Buffer.from('f'),
  metrics: 1,
  properties: 2,
});

describe('births that are remembered', () => {
  it('TC-03 are found by device and digest', () => {
    const births = new RememberedBirths();
    births.remember(deviceOf('Kiln'), birth('a'));
    expect(births.find(deviceOf('Kiln'), Buffer.from('a'))).toEqual(birth('a'));
    expect(births.find(deviceOf('Kiln'), Buffer.from('b'))).toBeNull();
    expect(births.find(deviceOf('Kiln'), null)).toBeNull();
    expect(births.find(deviceOf('Mill'), Buffer.from('a'))).toBeNull();
  });

  it('TC-03 are the last of each device', () => {
    const births = new RememberedBirths();
    for (const digest of ['a', 'b']) births.remember(deviceOf('Kiln'), birth(digest));
    expect(births.find(deviceOf('Kiln'), Buffer.from('a'))).toBeNull();
    expect(births.find(deviceOf('Kiln'), Buffer.from('b'))).not.toBeNull();
  });

  it('PROMISE-6 are no more than the bound, the newest ones', () => {
    const births = new RememberedBirths(2);
    for (const device of ['Kiln', 'Mill', 'Kiln', 'Crusher']) births.remember(deviceOf(device), birth('a'));
    const found = ['Kiln', 'Mill', 'Crusher'].filter((device) => births.find(deviceOf(device), Buffer.from('a')));
    expect(found).toEqual(['Kiln', 'Crusher']);
  });
});
