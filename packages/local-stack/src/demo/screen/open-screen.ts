import { PlainScreen } from './plain-screen.ts';
import type { Screen } from './screen.ts';
import { TerminalScreen } from './terminal-screen.ts';

/** A panel where there is a terminal that can move its cursor, else lines. */
export function openScreen(out: NodeJS.WriteStream): Screen {
  const canRedraw = out.isTTY && process.env['TERM'] !== 'dumb' && out.columns > 0;
  return canRedraw ? new TerminalScreen(out) : new PlainScreen((line) => void out.write(`${line}\n`));
}
