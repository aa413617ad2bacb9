import { describe, expect, it } from '@jest/globals';
import { WaitingDevices } from './waiting-devices.ts';

const edge = (name: string) => ({ group: 'Secil', edge: name });

describe('devices that wait for the definitions of their edge node', () => {
  it('are known until a birth of theirs needs nothing more', () => {
    const waiting = new WaitingDevices();
    for (const device of ['Cement', 'Cement', 'Concrete']) waiting.add(edge('Portugal'), device);
    expect([waiting.size, waiting.has(edge('Portugal')), waiting.has(edge('Brazil'))]).toEqual([2, true, false]);
    waiting.remove(edge('Portugal'), 'Cement');
    waiting.remove(edge('Portugal'), 'Nobody');
    expect(waiting.has(edge('Portugal'))).toBe(true);
    waiting.remove(edge('Portugal'), 'Concrete');
    expect([waiting.size, waiting.has(edge('Portugal'))]).toEqual([0, false]);
  });

  it('PROMISE-6 are bounded by edge node and in all; the edge node that waited longest goes', () => {
    const waiting = new WaitingDevices();
    for (let i = 0; i < 1500; i += 1) waiting.add(edge('first'), `d${i}`);
    expect(waiting.size).toBe(1000);
    for (let i = 0; i < 30_000; i += 1) waiting.add(edge(`e${i}`), 'd');
    expect(waiting.size).toBe(20_000);
    expect([waiting.has(edge('first')), waiting.has(edge('e0')), waiting.has(edge('e29999'))]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
