import { writeFile } from 'node:fs/promises';
import { DeadlineExceededError, withDeadline } from '@uns/service';
import type { CanaryFigures } from '../monitor/figures.ts';
import { DemoFailure } from '../monitor/wait-until.ts';
import type { Device } from '../plants.ts';
import { count, counted } from '../screen/numbers.ts';
import type { Act, Stage } from './act.ts';
import { storeTime, untilBorn, untilSettled } from './arrive.ts';
import { expectThat, metricNamed, metricsOf, valueInCanary, type KnownMetric } from './look-up.ts';
import { renamingRules } from './rules.ts';

const restartSeconds = 60;
const description = 'Specific heat consumption of the kiln, per tonne of clinker (revised)';

/** A few changes of every kind: they alone travel. */
export const secondWave: Act = {
  title: 'A few changes, and only they travel',
  story: () =>
    'At the edge a description is edited, a tag loses its unit and a tag is added. In the mapping rules a plant gets another name, ' +
    `so its tags move from .../${renamingRules.from} to .../${renamingRules.to}; ingest is restarted to read them.`,
  async play(stage) {
    const { plants, monitor, screen } = stage;
    const [cement, concrete, aggregates, brazil] = [
      plants.device('Portugal', 'Cement'),
      plants.device('Portugal', 'Concrete'),
      plants.device('Portugal', 'Aggregates'),
      plants.device('Brazil', 'Cement'),
    ];
    const edited = cement.model.editDescription(description);
    const stripped = concrete.model.anyTag(({ properties }) =>
      properties.some((property) => property.key === 'engUnit' && 'value' in property && property.value !== ''),
    );
    concrete.model.removeProperty('engUnit', stripped);
    const added = brazil.model.addTag();
    const moving = await metricsOf(stage, aggregates, `${renamingRules.from}/`);

    // With its new rules ingest moves what is stored when it starts, before any birth.
    const sinceRestart = await storeTime(stage);
    await restartIngest(stage);
    const before = await monitor.next();
    const since = await storeTime(stage);
    screen.now('The edge nodes publish their births');
    await plants.publishAll(stage.signal);
    await untilBorn(stage, plants.devices, since);
    const after = await untilSettled(stage);

    await tellOf(
      stage,
      'The description is the new one',
      await metricNamed(stage, cement, edited),
      'documentation',
      description,
    );
    await tellOf(
      stage,
      'The unit is blank, as Canary cannot delete a property',
      await metricNamed(stage, concrete, stripped),
      'engUnit',
      '',
    );
    const fresh = await metricNamed(stage, brazil, added);
    screen.tell(`The new tag is there: ${fresh.canaryId}.`);
    await tellOfMove(stage, aggregates, moving, sinceRestart);
    await tellOfCost(stage, before.canary, after.canary, since);
  },
};

async function restartIngest({ stack, screen, rulesFile, signal }: Stage): Promise<void> {
  screen.now('Restarting ingest with the new mapping rules');
  await writeFile(rulesFile, renamingRules.text);
  const restarted = withDeadline(restartSeconds * 1000, signal, (deadline) => stack.restart('ingest', deadline));
  await restarted.catch((error: unknown) => {
    if (!(error instanceof DeadlineExceededError)) throw error;
    throw new DemoFailure(`ingest was not ready ${restartSeconds} s after its restart with new rules.`);
  });
}

async function tellOf(stage: Stage, what: string, metric: KnownMetric, key: string, wanted: string): Promise<void> {
  const value = await valueInCanary(stage, metric, key);
  expectThat(value === wanted, `${key} of ${metric.canaryId} is ${JSON.stringify(value)} in Canary, not "${wanted}".`);
  stage.screen.tell(`${what}: ${metric.canaryId}, ${key} = "${wanted}".`);
}

/** What went to Canary, and what did not. */
async function tellOfCost(stage: Stage, before: CanaryFigures, after: CanaryFigures, since: string): Promise<void> {
  const [sync] = await stage.stack.sql<{ sent: number; metrics: number }[]>`
    select count(*) filter (where delivered_at > ${since}::text::timestamptz)::int as sent, count(*)::int as metrics
    from uns_meta.metric_sync`;
  expectThat(sync !== undefined && sync.sent < sync.metrics, 'More was sent than had changed.');
  const writes = after.writes - before.writes;
  const lookUps = after.requests - before.requests - writes;
  stage.screen.tell(
    `${count(sync.sent)} of ${counted(sync.metrics, 'metric')} went to Canary: ` +
      `${counted(after.propertyWrites - before.propertyWrites, 'property', 'properties')} in ${counted(writes, 'write')}, ` +
      `after ${counted(lookUps, 'request')} to find the tags. Everything was read back and is the same.`,
  );
}

/** The same metrics have other paths, and their lineage says so. */
async function tellOfMove(stage: Stage, device: Device, before: readonly KnownMetric[], since: string): Promise<void> {
  const now = new Map(
    (await metricsOf(stage, device, `${renamingRules.from}/`)).map((metric) => [metric.name, metric]),
  );
  const kept = before.filter((old) => {
    const metric = now.get(old.name);
    return metric?.metricId === old.metricId && metric.unsPath !== old.unsPath;
  });
  const [lineage] = await stage.stack.sql<{ entries: number }[]>`
    select count(*)::int as entries
    from uns_meta.metric_path_lineage
    where metric_id = any (${kept.map((metric) => metric.metricId)}::bigint[]) and changed_at > ${since}::text::timestamptz`;
  const [example] = kept;
  expectThat(
    example !== undefined && kept.length === before.length && lineage?.entries === kept.length,
    `${kept.length} of ${before.length} metrics moved with their identity, with ${lineage?.entries ?? 0} entries of lineage.`,
  );
  stage.screen.tell(
    `${counted(kept.length, 'tag')} moved and kept identity and history. Metric ${example.metricId} was ${example.unsPath} and is ` +
      `${now.get(example.name)?.unsPath ?? ''} now; the lineage has ${counted(lineage.entries, 'entry', 'entries')}.`,
  );
}
