import { oracles, type Finding, type OracleName } from '../oracles/finding.ts';
import type { Step } from '../schedule/step.ts';

export interface OracleVerdict {
  oracle: OracleName;
  ok: boolean;
  /** What was looked at. */
  detail: string;
}

export interface Verdict {
  ok: boolean;
  seed: number;
  seconds: number;
  /** From the last fault until everything agreed; null when it did not. */
  convergedInSeconds: number | null;
  faults: Record<string, number>;
  workload: Record<string, number>;
  oracles: OracleVerdict[];
  findings: (Finding & { lastEvents: string[] })[];
  schedule: readonly Step[];
}

/** @param looked what each oracle looked at; one that is missing was not asked, which is no success */
export function judge(findings: readonly Finding[], looked: Partial<Record<OracleName, string>>): OracleVerdict[] {
  return (Object.keys(oracles) as OracleName[]).map((oracle) => {
    const count = findings.filter((finding) => finding.oracle === oracle).length;
    const detail = looked[oracle];
    return {
      oracle,
      ok: count === 0 && detail !== undefined,
      detail: [
        ...(detail === undefined ? ['not looked at'] : [detail]),
        ...(count > 0 ? [`${count} findings`] : []),
      ].join(', '),
    };
  });
}

/** Findings of one oracle that are shown; the count tells of the others. */
export const mostShown = 5;

export const fewOfEach = (findings: readonly Finding[]): Finding[] =>
  (Object.keys(oracles) as OracleName[]).flatMap((oracle) =>
    findings.filter((finding) => finding.oracle === oracle).slice(0, mostShown),
  );
