import type { App } from '../schedule/step.ts';

/** Requests that Canary takes in any one second: few, so that each wave of changes is held back by it. */
export const rate = 50;

const highWaterJobs = 100;
const claimLimit = 100;

/** Everything that waits waits shortly, so that much can happen in little time; and jobs are small, so that there are many. */
export const environment: Record<App, Record<string, string>> = {
  ingest: { REBIRTH_MIN_INTERVAL_SECONDS: '1', REBIRTH_SPREAD_SECONDS: '0' },
  cdc: {
    CDC_MAX_WAIT_SECONDS: '5',
    CDC_DEFER_BASE_SECONDS: '1',
    CDC_RETRY_CAP_SECONDS: '10',
    CDC_SWEEP_AFTER_SECONDS: '3',
    CDC_SWEEP_EVERY_MS: '500',
    CDC_WAL_SENDER_TIMEOUT_MS: '3000',
    CDC_HEARTBEAT_MS: '500',
    CDC_POLL_MS: '200',
    CDC_HIGH_WATER_JOBS: String(highWaterJobs),
    CDC_CLAIM_LIMIT: String(claimLimit),
    CDC_MAX_TAGS_PER_JOB: '1',
    CDC_RECEIPT_STALLED_AFTER_MS: '2000',
    // What the comparison of everything would mend by itself is what is looked for here.
    CDC_RECONCILE_MINUTES: '10080',
  },
  'canary-writer': {
    WRITER_STALLED_AFTER_MS: '2000',
    CANARY_ATTEMPT_TIMEOUT_MS: '2000',
    CANARY_RETRY_TOTAL_MS: '8000',
    CANARY_RETRY_BASE_MS: '50',
    CANARY_RETRY_CAP_MS: '1000',
    CANARY_BREAKER_OPEN_MS: '2000',
    CANARY_BREAKER_RAMP_MS: '1000',
  },
};

/** Each cdc looks at the depth before it claims, so each may go over it by one claim. */
export const redisBound = (cdcs: number) => ({ bytes: 64e6, writeJobs: highWaterJobs + cdcs * claimLimit });

/** Written to the store and never delivered. */
export const volatile: ReadonlySet<string> = new Set(['Quality']);

/** After the last fault: how long everything may take to be delivered, in ms. */
export const convergenceMs = 90_000;
