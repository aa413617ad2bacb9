export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What a scenario measured: medians, and ratios to a floor or peer measured in the same run. Names say their unit (`seconds`, `peakRssMb`). */
export type BenchResult = Readonly<Record<string, Json>>;

export interface BenchContext {
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
  run(context: BenchContext): Promise<BenchResult>;
}
