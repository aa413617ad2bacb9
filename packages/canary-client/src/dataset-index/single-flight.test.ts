import { expect, it } from '@jest/globals';
import { SingleFlight } from './single-flight.ts';

it('who asks while it runs shares the run; who asks later starts another', async () => {
  let runs = 0;
  const flight = new SingleFlight(async () => Promise.resolve(++runs));
  expect(await Promise.all([flight.run(), flight.run(), flight.run()])).toEqual([1, 1, 1]);
  expect(await flight.run()).toBe(2);
});

it('a failure is shared too and does not stick', async () => {
  let runs = 0;
  const flight = new SingleFlight(async () => {
    if (++runs === 1) throw new Error('first');
    return Promise.resolve(runs);
  });
  const failures = await Promise.allSettled([flight.run(), flight.run()]);
  expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await flight.run()).toBe(2);
});
