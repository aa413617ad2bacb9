import type { LogLine } from '../../processes/log-line.ts';

const shownOfEach = 2;
const maxLength = 240;

/** Lets through what the apps warn of, and keeps one thing that is said many times from filling the screen. */
export class LogFilter {
  #seen = new Map<string, number>();

  /** From here on everything may be said again. */
  reset(): void {
    this.#seen.clear();
  }

  /** The text to show, or null. */
  take(from: string, { severity, text }: LogLine): string | null {
    if (severity === 'info') return null;
    // The message without its fields.
    const key = `${from} ${text.replace(/ \S+=.*/s, '')}`;
    const times = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, times);
    if (times > shownOfEach) return null;
    const shortened = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
    return `${from}: ${shortened}${times === shownOfEach ? ' (and more like it)' : ''}`;
  }
}
