import { expect, it } from '@jest/globals';
import { renderTable } from './table.ts';

it('shows one figure a line, those inside an object by their path', () => {
  expect(renderTable({ ratio: 1.23456, bytes: 98_332, peer: { seconds: [1, 2.5], name: 'x' } })).toBe(
    ['ratio         1.235', 'bytes         98,332', 'peer.seconds  1, 2.5', 'peer.name     x', ''].join('\n'),
  );
});
