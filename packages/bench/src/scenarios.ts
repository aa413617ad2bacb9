import { cdc } from './cdc/cdc.ts';
import { datasets } from './datasets/datasets.ts';
import { decode } from './decode/decode.ts';
import { change } from './ingest/change.ts';
import { ingest } from './ingest/ingest.ts';
import { million } from './ingest/million.ts';
import { rebirth } from './ingest/rebirth.ts';
import { pipeline } from './pipeline/pipeline.ts';
import { rate } from './rate/rate.ts';
import type { Scenario } from './scenario.ts';
import { storm } from './storm/storm.ts';

/** In the order of the help. */
export const scenarios: readonly Scenario[] = [
  decode,
  ingest,
  rebirth,
  change,
  million,
  storm,
  cdc,
  rate,
  datasets,
  pipeline,
];
