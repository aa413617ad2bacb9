import { describeBacklog } from '../monitor/describe-backlog.ts';
import { isSettled, type Figures } from '../monitor/figures.ts';
import { waitUntil } from '../monitor/wait-until.ts';
import { group, type Device } from '../plants.ts';
import { count } from '../screen/numbers.ts';
import type { Stage } from './act.ts';

const birthSeconds = 60;
/** Longer than the circuit stays open, should it have opened. */
const deliverySeconds = 90;

/** The time by the clock of the store, for `untilBorn`. */
export async function storeTime(stage: Stage): Promise<string> {
  const [row] = await stage.stack.sql<{ now: string }[]>`select clock_timestamp()::text as now`;
  if (row === undefined) throw new Error('the store does not know the time');
  return row.now;
}

/** Waits until each of the devices was born in the store after the time given. */
export async function untilBorn(stage: Stage, devices: readonly Device[], since: string): Promise<void> {
  const names = devices.map(({ node, model }) => `${node.edge}/${model.device}`);
  let missing: readonly string[] = names;
  stage.screen.now('Waiting for the births to become rows in PostgreSQL');
  await waitUntil({
    seconds: birthSeconds,
    signal: stage.signal,
    attempt: async () => {
      const born = await stage.stack.sql<{ name: string }[]>`
        select edge || '/' || device as name
        from uns_meta.devices
        where group_id = ${group} and last_birth_at > ${since}::text::timestamptz`;
      const found = new Set(born.map((row) => row.name));
      missing = names.filter((name) => !found.has(name));
      return missing.length === 0 ? true : null;
    },
    late: () =>
      Promise.resolve(
        `${missing.length} of ${names.length} births are not in PostgreSQL after ${birthSeconds} s: ${missing.join(', ')}.`,
      ),
  });
}

/** Waits until all that PostgreSQL holds was delivered and read back from Canary. */
export async function untilSettled(stage: Stage): Promise<Figures> {
  const { stack, monitor, screen, debounceSeconds } = stage;
  const seconds = debounceSeconds + deliverySeconds;
  screen.now(`A tag that has been quiet for ${debounceSeconds} s is sent to Canary, the differences alone`);
  let latest: Figures | null = null;
  return waitUntil({
    seconds,
    signal: stage.signal,
    attempt: async () => {
      latest = await monitor.next();
      return isSettled(latest) ? latest : null;
    },
    late: async () =>
      `PostgreSQL and Canary are not the same after ${count(seconds)} s: ` +
      (latest === null ? 'no figures can be read.' : await describeBacklog(stack.sql, latest)),
  });
}
