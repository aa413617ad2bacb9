import type { Finding } from './assumption.ts';

/** One line for people: `held       W-01  an answer is ...`. */
export function findingLine(finding: Finding): string {
  const line = `${finding.verdict.padEnd(9)}  ${finding.id}  ${finding.says}`;
  return finding.verdict === 'held' ? line : `${line}\n                 ${finding.detail}`;
}

export function summary(findings: readonly Finding[]): string {
  const count = (verdict: Finding['verdict']): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  return [
    `${count('held')} held, ${count('broken')} broken, ${count('undecided')} undecided`,
    'Not checked, because no call shows it: that closing a session adds no point (look at the tags of the dataset in',
    'Canary afterwards: they must have properties and no values), rollover of datasets, and the request limits.',
  ].join('\n');
}
