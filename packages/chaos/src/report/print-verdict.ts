import { styleText } from 'node:util';
import { oracles } from '../oracles/finding.ts';
import type { Verdict } from './verdict.ts';

/** The verdict in lines, for people. */
export function* verdictLines(verdict: Verdict): Generator<string> {
  const list = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const total = Object.values(verdict.faults).reduce((a, b) => a + b, 0);
  yield '';
  yield `Work    ${list(verdict.workload)}`;
  yield `Faults  ${total}: ${list(verdict.faults)}`;
  yield '';
  for (const { oracle, ok, detail } of verdict.oracles)
    yield `${ok ? styleText('green', 'holds ') : styleText('red', 'BROKEN')}  ${oracles[oracle]} (${detail})`;
  for (const { oracle, tag, property, detail, lastEvents } of verdict.findings) {
    yield '';
    yield styleText('red', `${oracle}: ${[tag, property].filter(Boolean).join(', ')}`);
    yield `  ${detail}`;
    for (const event of lastEvents) yield `    ${event}`;
  }
  yield '';
  yield `Replay: pnpm chaos --seconds ${verdict.seconds} --seed ${verdict.seed}`;
}
