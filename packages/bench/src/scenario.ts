export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What a scenario measured: medians, and ratios to a floor or peer measured in the same run. Names say their unit (`seconds`, `peakRssMb`). */
export type BenchResult = Readonly<Record<string, Json>>;

/** A flag that only one scenario knows. */
export interface Flag {
  type: 'string' | 'boolean';
  default?: string | boolean;
  /** One line for the help. */
  doc: string;
}

export interface BenchContext {
  /** Values of the scenario's own flags. */
  flags: Readonly<Record<string, string | boolean | undefined>>;
  /** How often each thing is measured; medians are reported. */
  runs: number;
  /** Metrics of the birth, where the scenario does not fix them itself. */
  metrics: number;
  /** A line for who waits, on stderr. */
  progress: (line: string) => void;
  /** For data and files of the run; removed at its end. */
  folder: string;
  /** Aborted by Ctrl-C: stop what was started, and reject. */
  signal: AbortSignal;
}

export interface Scenario {
  name: string;
  /** One line for the help. */
  summary: string;
  /** For a scenario whose runs take minutes; 5 when absent. */
  defaultRuns?: number;
  flags?: Readonly<Record<string, Flag>>;
  run(context: BenchContext): Promise<BenchResult>;
  /** What the figures break; then the bench fails after showing them. */
  broken?(result: BenchResult): readonly string[];
}
