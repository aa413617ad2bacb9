import { describeBacklog } from '../monitor/describe-backlog.ts';
import { waitUntil } from '../monitor/wait-until.ts';
import type { Device } from '../plants.ts';
import { count, counted, seconds } from '../screen/numbers.ts';
import type { Act, Stage } from './act.ts';
import { storeTime, untilBorn, untilSettled } from './arrive.ts';

const edits = 40;
/** So often Canary refuses before it comes back. Far fewer than open the circuit. */
const refusals = 4;
const noticeSeconds = 30;

/** Canary is away for a while. */
export const outage: Act = {
  title: 'Canary is down for a while',
  story: () =>
    `Canary answers every request with HTTP 503, and ${edits} descriptions are edited meanwhile. The changes have to wait, ` +
    'and to arrive when it is back.',
  async play(stage) {
    const { plants, monitor, screen } = stage;
    const changed = [plants.device('Portugal', 'Concrete'), plants.device('Brazil', 'Concrete')];
    await monitor.canary.setFaults([{ kind: 'serverError', status: 503 }]);
    try {
      const before = await monitor.next();
      editDescriptions(changed);
      const since = await storeTime(stage);
      for (const { node, model } of changed) await node.publishDeviceBirth(model);
      await untilBorn(stage, changed, since);
      const refused = await untilRefused(stage, before.canary.serverErrors);
      const { store } = await monitor.next();
      screen.tell(
        `Canary has refused ${counted(refused, 'request')}. ${count(store.pending + store.inFlight)} changes wait; PostgreSQL has them all.`,
      );
    } finally {
      await monitor.canary.clearFaults();
    }
    const backMs = performance.now();
    screen.now('Canary is back');
    const { store } = await untilSettled(stage);
    screen.tell(
      `Canary is back, and ${seconds(performance.now() - backMs)} later it has them: ${counted(store.metrics, 'metric')} read back, all the same.`,
    );
  },
};

function editDescriptions(devices: readonly Device[]): void {
  for (const { model } of devices) {
    const each = edits / devices.length;
    for (const [index, name] of model.tagNames.slice(0, each).entries()) {
      model.editDescription(`Checked during the outage, no. ${index + 1}`, name);
    }
  }
}

async function untilRefused(
  { stack, monitor, screen, debounceSeconds, signal }: Stage,
  before: number,
): Promise<number> {
  screen.now(`Canary is down; deliveries are tried as soon as the tags have been quiet for ${debounceSeconds} s`);
  const limit = debounceSeconds + noticeSeconds;
  return waitUntil({
    seconds: limit,
    signal,
    attempt: async () => {
      const refused = (await monitor.next()).canary.serverErrors - before;
      return refused >= refusals ? refused : null;
    },
    late: async () =>
      `Canary was not called ${refusals} times in ${limit} s of its outage: ${await describeBacklog(stack.sql, await monitor.next())}`,
  });
}
