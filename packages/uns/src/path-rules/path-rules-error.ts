export interface RuleProblem {
  /** From 1; null when the file as a whole is meant. */
  readonly line: number | null;
  readonly reason: string;
}

/** The rules cannot be used. Stop: a path made without them would be a wrong identity in the store. */
export class PathRulesError extends Error {
  override readonly name = 'PathRulesError';
  readonly file: string;
  readonly problems: readonly RuleProblem[];

  constructor(file: string, problems: readonly RuleProblem[]) {
    const lines = problems.map(({ line, reason }) => `  ${file}${line === null ? '' : `:${line}`}: ${reason}`);
    super(`The mapping rules cannot be used:\n${lines.join('\n')}`);
    this.file = file;
    this.problems = problems;
  }
}
