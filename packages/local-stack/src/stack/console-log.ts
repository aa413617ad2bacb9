import { styleText } from 'node:util';
import type { StackLog } from './stack-log.ts';

const colours = { info: 'dim', warn: 'yellow', error: 'red' } as const;
const plain = (text: string): void => void process.stdout.write(`${text}\n`);

/** Everything on standard output, each line of a process behind the name of the process. */
export function consoleLog(): StackLog {
  return {
    step: (text) => plain(styleText('cyan', text)),
    notice: (text) => plain(styleText('yellow', text)),
    line: (from, line) =>
      plain(`${styleText('bold', from.padEnd(15))} ${styleText(colours[line.severity], line.text)}`),
  };
}
