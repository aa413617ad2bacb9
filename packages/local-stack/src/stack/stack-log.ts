import type { LogLine } from '../processes/log-line.ts';

/** What the stack tells as it goes. Who shows it decides how. */
export interface StackLog {
  /** A step of the start or the stop, in a sentence. */
  step(text: string): void;
  /** A line of a process. */
  line(from: string, line: LogLine): void;
  /** Something a person should know of: a process died and is started again. */
  notice(text: string): void;
}
