import { describe, expect, it } from '@jest/globals';
import { exampleFigures } from '../testing/example-figures.ts';
import { PlainScreen } from './plain-screen.ts';

describe('the demo told in lines', () => {
  it('says what happens, and leaves out what only moves', () => {
    const lines: string[] = [];
    const screen = new PlainScreen((line) => lines.push(line));
    screen.step('Starting Redis');
    screen.line('cdc', { text: 'INFO  started', severity: 'info', adminUrl: null });
    screen.act({ number: 1, of: 4, title: 'Births become properties', story: 'Two edge nodes come online.' });
    screen.now('Waiting');
    screen.figures(exampleFigures());
    screen.line('cdc', { text: 'WARN  flush failed failures=0', severity: 'warn', adminUrl: null });
    screen.tell('5 births became 4,400 metrics.');
    screen.close();
    expect(lines).toEqual([
      'Starting Redis',
      '',
      'Act 1 of 4: Births become properties',
      '  Two edge nodes come online.',
      '  cdc: WARN  flush failed failures=0',
      '  - 5 births became 4,400 metrics.',
    ]);
  });
});
