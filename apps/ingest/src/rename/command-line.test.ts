import { describe, expect, it } from '@jest/globals';
import { parseCommand } from './command-line.ts';

const device = { group: 'Secil', edge: 'Portugal', device: 'Cement' };

describe('the rename command', () => {
  it('takes pairs of names, as many as a swap or a chain needs', () => {
    expect(parseCommand(['Secil/Portugal/Cement', 'A', 'B', 'B', 'A'])).toEqual({
      kind: 'declare',
      device,
      pairs: [
        { oldName: 'A', newName: 'B' },
        { oldName: 'B', newName: 'A' },
      ],
    });
  });

  it.each([
    [['--list'], { kind: 'list', all: false }],
    [['--list', '--all'], { kind: 'list', all: true }],
    [['--withdraw', '7'], { kind: 'withdraw', id: '7' }],
    [['--help'], { kind: 'help' }],
  ])('understands %j', (args, command) => {
    expect(parseCommand(args)).toEqual(command);
  });

  it.each([
    [[], 'a device is missing'],
    [['Secil/Portugal', 'A', 'B'], 'is not <group>/<edge>/<device>'],
    [['Secil/Portugal/Cement/Kiln', 'A', 'B'], 'is not <group>/<edge>/<device>'],
    [['Secil/Portugal/Cement'], 'names come in pairs'],
    [['Secil/Portugal/Cement', 'A', 'B', 'C'], 'names come in pairs'],
    [['Secil/Portugal/Cement', 'A', 'A'], 'its own new name'],
    [['Secil/Portugal/Cement', 'A', ''], 'a name is empty'],
    [['--withdraw', 'x; drop'], 'is no id'],
    [['--what'], '--what'],
  ])('refuses %j', (args, reason) => {
    expect(parseCommand(args)).toEqual({ kind: 'wrong', reason: expect.stringContaining(reason) });
  });
});
