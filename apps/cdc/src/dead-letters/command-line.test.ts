import { describe, expect, it } from '@jest/globals';
import { parseCommand } from './command-line.ts';

const filter = { reason: undefined, device: undefined, tag: undefined, since: undefined };

describe('the dead-letters command', () => {
  it.each([
    [[], { kind: 'help' }],
    [['list'], { kind: 'list', filter: { ...filter, state: 'open' }, limit: 50, before: null, json: false }],
    [
      ['list', '--state', 'all', '--device', 'Secil/Portugal/', '--limit', '3', '--before', '9', '--json'],
      { kind: 'list', filter: { state: 'all', device: 'Secil/Portugal' }, limit: 3, before: '9', json: true },
    ],
    [['show', '7'], { kind: 'show', id: '7' }],
    [['replay', '7', '8'], { kind: 'replay', choice: { ids: ['7', '8'] } }],
    [
      ['discard', '--since', '2026-01-31T08:00:00Z'],
      { kind: 'discard', choice: { filter: { since: new Date('2026-01-31T08:00:00Z') }, limit: 1000 } },
    ],
  ])('understands %j', (args, command) => {
    expect(parseCommand(args)).toMatchObject(command);
  });

  it.each([
    [['burn'], 'no command burn'],
    [['show'], 'one id'],
    [['show', '1', '2'], 'one id'],
    [['list', '1'], 'filters, no ids'],
    [['replay'], 'ids or filters'],
    [['replay', '1', '--reason', 'REJECTED'], 'ids or filters'],
    [['discard', '--state', 'all'], 'no --state'],
    [['replay', '1; drop'], 'is no id'],
    [['list', '--since', 'yesterday'], 'is no time'],
    [['list', '--limit', '0'], '--limit'],
    [['list', '--what'], '--what'],
  ])('refuses %j', (args, reason) => {
    expect(parseCommand(args)).toMatchObject({ kind: 'wrong', reason: expect.stringContaining(reason) });
  });
});
