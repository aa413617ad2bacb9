import { count, counted, seconds } from '../screen/numbers.ts';
import type { Act } from './act.ts';
import { storeTime, untilBorn, untilSettled } from './arrive.ts';

/** Births become rows, rows become deliveries. */
export const firstBirths: Act = {
  title: 'Births become properties',
  story: ({ plants, debounceSeconds }) =>
    `The edge nodes Portugal and Brazil come online and announce ${count(plants.tags)} tags of ${plants.devices.length} devices. ` +
    `Each birth becomes rows in PostgreSQL; a tag that has been quiet for ${debounceSeconds} s goes on to Canary.`,
  async play(stage) {
    const { plants, monitor, screen } = stage;
    const before = await monitor.next();
    const since = await storeTime(stage);
    const startedMs = performance.now();
    screen.now('The edge nodes publish their births');
    await plants.publishAll(stage.signal);
    await untilBorn(stage, plants.devices, since);
    const bornMs = performance.now() - startedMs;
    const { births, store } = await monitor.next();
    screen.tell(
      `${counted(births - before.births, 'birth')} became ${count(store.metrics)} metrics with ` +
        `${count(store.properties)} properties in PostgreSQL, in ${seconds(bornMs)}.`,
    );
    const after = await untilSettled(stage);
    const requests = after.canary.requests - before.canary.requests;
    screen.tell(
      `Canary has them all, ${seconds(performance.now() - startedMs)} after the first birth: every property of ` +
        `${counted(after.store.metrics, 'metric')} was read back and is the same. It took ${counted(requests, 'request')}.`,
    );
  },
};
