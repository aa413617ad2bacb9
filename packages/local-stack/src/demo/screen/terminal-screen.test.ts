import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { TerminalScreen, type Terminal } from './terminal-screen.ts';

/** As much of a terminal as the panel uses: lines, moving up, clearing. */
class FakeTerminal extends EventEmitter {
  columns = 40;
  rows: string[] = [''];
  #at = 0;

  write(text: string): boolean {
    // oxlint-disable-next-line no-control-regex
    for (const [token, up] of text.matchAll(/\x1b\[(\d+)A|\x1b\[J|\x1b\[[?\dKlhm]+|\r|\n|[^\x1b\r\n]+/g)) {
      if (up !== undefined) this.#at -= Number(up);
      else if (token === '\n') this.#at += 1;
      else if (token === '\x1b[J') this.rows = this.rows.slice(0, this.#at);
      else if (!token.startsWith('\x1b') && token !== '\r') this.#put(token);
    }
    return true;
  }

  #put(token: string): void {
    for (let from = 0; from < token.length; from += this.columns) {
      if (from > 0) this.#at += 1;
      this.rows[this.#at] = stripVTControlCharacters(token.slice(from, from + this.columns));
    }
  }
}

describe('the demo on a terminal', () => {
  const open = (): { screen: TerminalScreen; terminal: FakeTerminal } => {
    const terminal = new FakeTerminal();
    const screen = new TerminalScreen(terminal as unknown as Terminal);
    screens.push(screen);
    return { screen, terminal };
  };
  const screens: TerminalScreen[] = [];
  afterEach(() => {
    for (const screen of screens.splice(0)) screen.close();
  });
  const spinning = /^[\u2800-\u28ff] /;

  it('draws the panel over itself, below what was told', () => {
    const { screen, terminal } = open();
    screen.step('Starting Redis');
    screen.tell('The servers run.');
    screen.line('cdc', { text: 'WARN  flush failed', severity: 'warn', adminUrl: null });
    screen.now('Waiting');
    expect(terminal.rows).toEqual([
      ' ✓ The servers run.',
      '   cdc: WARN  flush failed',
      expect.stringMatching(/^─+ \d\d:\d\d ──$/),
      expect.stringMatching(spinning),
    ]);
    expect(terminal.rows.at(-1)).toMatch(/Waiting$/);
  });

  it('breaks long sentences between words', () => {
    const { screen, terminal } = open();
    screen.tell('Every property of every metric was read back and is the same.');
    expect(terminal.rows.slice(0, 2)).toEqual([
      ' ✓ Every property of every metric was',
      '   read back and is the same.',
    ]);
  });

  it('leaves no trace of the panel at the end', () => {
    const { screen, terminal } = open();
    screen.tell('Done.');
    screen.close();
    expect(terminal.rows).toEqual([' ✓ Done.']);
  });
});
