import type { StackLog } from '../../stack/stack-log.ts';
import type { Figures } from '../monitor/figures.ts';

/** Where the demo is told. */
export interface Screen extends StackLog {
  /** A new act begins. */
  act(act: { number: number; of: number; title: string; story: string }): void;
  /** Something that was measured or came true, in a sentence. */
  tell(text: string): void;
  /** What is under way now, in a sentence without its full stop. */
  now(text: string): void;
  figures(figures: Figures): void;
  /** The acts are over; the lines are shown as they are. */
  epilogue(lines: readonly string[]): void;
  /** Nothing may be told after this. */
  close(): void;
}
