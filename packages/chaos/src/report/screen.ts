import { styleText } from 'node:util';
import type { Finding } from '../oracles/finding.ts';
import type { WorkloadStep } from '../schedule/step.ts';

/** What a person sees of a run. */
export interface Screen {
  step(text: string): void;
  notice(text: string): void;
  fault(atMs: number, fault: string, target: string, text: string): void;
  work(atMs: number, step: WorkloadStep): void;
  progress(atMs: number, text: string): void;
  finding(finding: Finding): void;
}

/** Line by line: it is read afterwards as well. */
export function lineScreen(write: (line: string) => void): Screen {
  const at = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(6)} s`;
  return {
    step: (text) => write(styleText('cyan', text)),
    notice: (text) => write(styleText('yellow', text)),
    fault: (ms, fault, target, text) =>
      write(`${at(ms)}  ${styleText('yellow', 'fault'.padEnd(8))} ${fault.padEnd(30)} ${target.padEnd(16)} ${text}`),
    work: (ms, step) => write(styleText('dim', `${at(ms)}  ${step.kind.padEnd(8)} ${describe(step)}`)),
    progress: (ms, text) => write(`${at(ms)}  ${styleText('cyan', '...'.padEnd(8))} ${text}`),
    finding: ({ oracle, tag, property, detail }) =>
      write(styleText('red', `WRONG     ${oracle.padEnd(8)} ${[tag, property].filter(Boolean).join(' ')}: ${detail}`)),
  };
}

function describe(step: WorkloadStep): string {
  switch (step.kind) {
    case 'birth':
      return `${step.device}, ${step.edits.length} changes`;
    case 'sql':
      return `${step.device}, ${step.edits.length} changes, ${step.shape}`;
    case 'rename':
      return `${step.device}, ${step.pairs.map(({ from, to }) => `${from} to ${to}`).join(', ')}`;
  }
}
