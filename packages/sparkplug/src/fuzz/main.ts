import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { outcomeOf } from './outcome.ts';
import { runFuzz } from './run.ts';

const HELP = `pnpm fuzz [--seconds 30] [--seed 1] [--memory-mb 512] | --payload <base64>

Changes the golden births at random and decodes them. Ends with exit code 1 when the decoder throws anything but what it
promises, hands out what it must not, takes more than 30 s for a payload, or the process takes more memory than allowed.
--payload decodes one payload, as printed by a run that failed.
`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    'memory-mb': { type: 'string', default: '512' },
    payload: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
} else if (values.payload !== undefined) {
  process.stdout.write(`${await outcomeOf(Buffer.from(values.payload, 'base64'), {})}\n`);
} else {
  const seed = Number(values.seed);
  const { tried, outcomes, peakMb, failure } = await runFuzz({
    seconds: Number(values.seconds),
    seed,
    // Inflating waits for other threads, so that more workers than cores are of use.
    workers: 2 * availableParallelism(),
    memoryMb: Number(values['memory-mb']),
    fixtures: new URL('../../../../fixtures/sparkplug/', import.meta.url),
  });
  const peak = Math.round(peakMb);
  process.stdout.write(
    `${tried} payloads tried, ${outcomes} distinct outcomes, peak memory ${peak} MB, seed ${seed}\n`,
  );
  if (failure !== null) {
    process.stderr.write(`${failure}\n`);
    process.exitCode = 1;
  }
}
