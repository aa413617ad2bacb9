import { sleep } from '@uns/service';
import type { CanaryFigures } from '../monitor/figures.ts';
import { count, counted, seconds } from '../screen/numbers.ts';
import type { Act } from './act.ts';
import { storeTime, untilBorn } from './arrive.ts';
import { expectThat } from './look-up.ts';
import { momentNow, rowsWrittenSince } from './written-rows.ts';

/** A delivery that was due would have left by then, in ms: cdc looks every half second. */
const afterDebounceMs = 1000;

/** A session that is idle is kept alive now and then; that has nothing to do with births. */
const quiet = ({ requests, keepAlives }: CanaryFigures): number => requests - keepAlives;

/** The same births once more: nothing happens. */
export const sameBirths: Act = {
  title: 'The same births again, and nothing happens',
  story: () =>
    'Both edge nodes announce everything once more, as they do after each reconnect: other values, the same metadata. ' +
    'That may cost no row, no entry in the history, and no request to Canary.',
  async play(stage) {
    const { stack, plants, monitor, screen, signal, debounceSeconds } = stage;
    const before = await monitor.next();
    const moment = await momentNow(stack.sql);
    const since = await storeTime(stage);
    const startedMs = performance.now();
    screen.now('The edge nodes publish their births');
    await plants.publishAll(signal);
    await untilBorn(stage, plants.devices, since);
    screen.now(`Looking whether anything follows within ${debounceSeconds} s`);
    await sleep(debounceSeconds * 1000 + afterDebounceMs, signal);
    const after = await monitor.next();
    const rows = await rowsWrittenSince(stack.sql, moment);
    const versions = after.store.versions - before.store.versions;
    const requests = quiet(after.canary) - quiet(before.canary);
    const measured =
      `${counted(after.births - before.births, 'birth')} with ${count(plants.tags)} tags: ${counted(rows, 'row')} written, ` +
      `${counted(versions, 'version')} added, ${counted(requests, 'request')} to Canary in ${seconds(performance.now() - startedMs)}`;
    expectThat(rows + versions + requests === 0, `Something happened. ${measured}.`);
    screen.tell(`${measured}.`);
  },
};
