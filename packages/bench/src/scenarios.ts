import { cdc } from './cdc/cdc.ts';
import { decode } from './decode/decode.ts';
import { ingest } from './ingest/ingest.ts';
import { rate } from './rate/rate.ts';
import type { Scenario } from './scenario.ts';

/** In the order of the help. */
export const scenarios: readonly Scenario[] = [decode, ingest, cdc, rate];
