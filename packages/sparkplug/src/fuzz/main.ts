import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { largePair } from './large.ts';
import { outcomeOf } from './outcome.ts';
import { randomIntegers } from './random.ts';
import { runFuzz } from './run.ts';

const HELP = `pnpm fuzz [--seconds 30] [--seed 1] [--memory-mb 512] | --payload <base64> | --large <seed>

Changes the golden births at random and decodes them; one of a thousand is a large pair instead, an NBIRTH with many
definitions and a compressed DBIRTH that inflates to up to 100 MB. Ends with exit code 1 when the decoder throws anything
but what it promises, hands out what it must not, lets nobody else have a turn for 5 s, a worker takes more than 80 MB of
heap, or the process more memory than allowed. --payload and --large decode one payload or pair, as printed by a run that
failed.
`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    'memory-mb': { type: 'string', default: '512' },
    payload: { type: 'string' },
    large: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
} else if (values.payload !== undefined) {
  process.stdout.write(`${await outcomeOf(Buffer.from(values.payload, 'base64'), {})}\n`);
} else if (values.large !== undefined) {
  const { nbirth, dbirth } = await largePair(randomIntegers(Number(values.large)));
  process.stdout.write(`${await outcomeOf(dbirth, {}, nbirth)}\n`);
} else {
  const seed = Number(values.seed);
  const { tried, large, outcomes, peakMb, failure } = await runFuzz({
    seconds: Number(values.seconds),
    seed,
    // Inflating waits for other threads, so that more workers than cores are of use.
    workers: 2 * availableParallelism(),
    memoryMb: Number(values['memory-mb']),
    fixtures: new URL('../../../../fixtures/sparkplug/', import.meta.url),
  });
  const peak = Math.round(peakMb);
  process.stdout.write(
    `${tried} payloads tried, ${outcomes} distinct outcomes, peak memory ${peak} MB, seed ${seed}, ${large} of them large\n`,
  );
  if (failure !== null) {
    process.stderr.write(`${failure}\n`);
    process.exitCode = 1;
  }
}
