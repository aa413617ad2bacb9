import type { StackLog } from '@uns/local-stack';
import type { Screen } from '../report/screen.ts';

const mostLines = 50_000;

/** Shows the steps of the stack and keeps the last lines of its processes, for when something is wrong. */
export class KeptLog implements StackLog {
  readonly #screen: Pick<Screen, 'step'>;
  readonly #lines: string[] = [];

  constructor(screen: Pick<Screen, 'step'>) {
    this.#screen = screen;
  }

  step(text: string): void {
    this.#keep('stack', text);
    this.#screen.step(text);
  }

  notice(text: string): void {
    this.#keep('stack', text);
  }

  line(from: string, line: { text: string }): void {
    this.#keep(from, line.text);
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #keep(from: string, text: string): void {
    this.#lines.push(`${new Date().toISOString()} ${from.padEnd(16)} ${text}`);
    if (this.#lines.length > mostLines * 1.1) this.#lines.splice(0, this.#lines.length - mostLines);
  }
}
