import { expect, it } from '@jest/globals';
import { within } from './within.ts';

it('gives up on work that takes too long, and passes on what is in time', async () => {
  await expect(within(5, 'The dawn', new Promise(() => undefined))).rejects.toThrow('The dawn did not come about');
  expect(await within(5000, 'A number', Promise.resolve(1))).toBe(1);
  await expect(within(5000, 'A number', Promise.reject(new Error('none')))).rejects.toThrow('none');
});
