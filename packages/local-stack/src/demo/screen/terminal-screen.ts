import { stripVTControlCharacters, styleText } from 'node:util';
import type { LogLine } from '../../processes/log-line.ts';
import type { Figures } from '../monitor/figures.ts';
import { wrap } from './fit.ts';
import { LogFilter } from './log-filter.ts';
import { renderPanel, type PanelState } from './panel.ts';
import type { Screen } from './screen.ts';

const frameMs = 120;
const widest = 100;
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const clearToEndOfLine = '\x1b[K';
const clearBelow = '\x1b[J';

/** What it needs of a terminal. */
export type Terminal = Pick<NodeJS.WriteStream, 'columns' | 'write' | 'on' | 'off'>;

/** A panel that is drawn over itself, and what is told above it. */
export class TerminalScreen implements Screen {
  readonly #out: Terminal;
  readonly #filter = new LogFilter();
  readonly #state: PanelState = { act: '', now: 'Starting', elapsedMs: 0, figures: null, frame: 0 };
  readonly #timer: NodeJS.Timeout;
  readonly #onResize = (): void => this.#draw();
  readonly #onExit = (): void => void this.#out.write(showCursor);
  /** The panel on the screen, without colours. */
  #drawn: string[] = [];

  constructor(out: Terminal) {
    this.#out = out;
    out.write(hideCursor);
    out.on('resize', this.#onResize);
    process.once('exit', this.#onExit);
    this.#timer = setInterval(() => this.#draw(), frameMs).unref();
    this.#draw();
  }

  act({ number, of, title, story }: { number: number; of: number; title: string; story: string }): void {
    this.#filter.reset();
    this.#state.act = `act ${number} of ${of}`;
    const heading = `${styleText('cyan', `${number}`)}  ${styleText('bold', title)}`;
    this.#draw(['', heading, ...this.#wrap(story, '   ')]);
  }

  tell(text: string): void {
    const [first = '', ...rest] = this.#wrap(text, '   ');
    this.#draw([` ${styleText('green', '✓')} ${first.trimStart()}`, ...rest]);
  }

  now(text: string): void {
    this.#state.now = text;
    this.#draw();
  }

  step(text: string): void {
    this.now(text);
  }

  figures(figures: Figures): void {
    this.#state.figures = figures;
  }

  line(from: string, line: LogLine): void {
    const text = this.#filter.take(from, line);
    if (text === null) return;
    const style = line.severity === 'error' ? 'red' : 'yellow';
    this.#draw(this.#wrap(text, '   ').map((part) => styleText(style, part)));
  }

  notice(text: string): void {
    this.#draw(this.#wrap(text, '   ').map((part) => styleText('yellow', part)));
  }

  epilogue(lines: readonly string[]): void {
    this.#state.act = '';
    this.#draw(lines);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#out.off('resize', this.#onResize);
    process.off('exit', this.#onExit);
    this.#out.write(this.#toTop() + clearBelow + showCursor);
  }

  #wrap(text: string, indent: string): string[] {
    return wrap(text, Math.min(this.#out.columns, widest), indent);
  }

  /** One write for all of it, so that nothing flickers. */
  #draw(above: readonly string[] = []): void {
    this.#state.elapsedMs = performance.now();
    this.#state.frame += 1;
    const panel = renderPanel(this.#state, this.#out.columns, styleText);
    const lines = [...above, ...panel].map((line) => `${line}${clearToEndOfLine}\n`);
    this.#out.write(this.#toTop() + lines.join('') + clearBelow);
    this.#drawn = panel.map((line) => stripVTControlCharacters(line));
  }

  /** Moves to where the panel begins. On a terminal that has become narrower, its lines have been broken. */
  #toTop(): string {
    const { columns } = this.#out;
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
    return rows === 0 ? '\r' : `\x1b[${rows}A\r`;
  }
}
