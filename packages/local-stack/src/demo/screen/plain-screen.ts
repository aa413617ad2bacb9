import type { LogLine } from '../../processes/log-line.ts';
import type { Figures } from '../monitor/figures.ts';
import { LogFilter } from './log-filter.ts';
import { clock, count } from './numbers.ts';
import type { Screen } from './screen.ts';

/** After so long a silence it is told what is under way, in ms. */
const silenceMs = 10_000;

/** Lines one after the other, for a file or another program: the few that matter. */
export class PlainScreen implements Screen {
  readonly #write: (line: string) => void;
  readonly #filter = new LogFilter();
  readonly #timer: NodeJS.Timeout;
  #now = 'Starting';
  #figures: Figures | null = null;

  constructor(write: (line: string) => void) {
    this.#write = write;
    this.#timer = setInterval(() => this.#line(this.#underWay()), silenceMs).unref();
  }

  act({ number, of, title, story }: { number: number; of: number; title: string; story: string }): void {
    this.#filter.reset();
    this.#line('');
    this.#line(`Act ${number} of ${of}: ${title}`);
    this.#line(`  ${story}`);
  }

  tell(text: string): void {
    this.#line(`  - ${text}`);
  }

  now(text: string): void {
    this.#now = text;
  }

  step(text: string): void {
    this.now(text);
    this.#line(text);
  }

  figures(figures: Figures): void {
    this.#figures = figures;
  }

  line(from: string, line: LogLine): void {
    const text = this.#filter.take(from, line);
    if (text !== null) this.#line(`  ${text}`);
  }

  notice(text: string): void {
    this.#line(text);
  }

  epilogue(lines: readonly string[]): void {
    for (const line of lines) this.#line(line);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #line(text: string): void {
    this.#write(text);
    this.#timer.refresh();
  }

  #underWay(): string {
    const parts = [`  [${clock(performance.now())}] ${this.#now}`];
    if (this.#figures !== null) {
      const { store, parity } = this.#figures;
      parts.push(`${count(store.pending)} pending, ${count(store.inFlight)} in flight`);
      if (parity !== null)
        parts.push(`${count(parity.matched)} of ${count(parity.total)} metrics are the same in Canary`);
    }
    return parts.join('; ');
  }
}
