import type { DatasetIndexEvent } from './dataset-index/dataset-index-event.ts';
import type { DatasetIndexPolicy } from './dataset-index/dataset-index-policy.ts';
import type { Admit, CallReport } from './http/http-door.ts';
import type { RequestLimits } from './properties/pack-requests.ts';
import type { SessionPolicy } from './session/session-keeper.ts';
import type { SessionState } from './session/session-state.ts';
import type { Timing } from './timing.ts';
import type { TokenProvider } from './token.ts';

export interface CanaryClientOptions {
  /** The write service, e.g. `https://host:55293/api/v1`. */
  readonly safBaseUrl: string;
  /** The read service, e.g. `https://host:55293/api/v2`. */
  readonly viewsBaseUrl: string;
  /** Allows `http:` URLs: a simulator on this machine. The API token would cross a network in the clear. */
  readonly allowHttp?: boolean;
  /** PEM certificates that replace the system's roots. */
  readonly ca?: string | readonly string[] | undefined;
  readonly apiToken: TokenProvider;
  /** Where the write service sends the data: `host` or `host:port`, a copy to each. At least one. */
  readonly historians: readonly string[];
  /** Names this process in Canary. */
  readonly clientId: string;
  /** The first dataset of the one series that holds all tags, e.g. `Secil`; without it each tag's first segment names its series. */
  readonly datasetPrefix?: string | undefined;
  /** The view that Views puts in front of every tag, if it does. */
  readonly viewPrefix?: string | undefined;
  /** Switches Test mode on: every write goes to this dataset, whose name starts with `Test`. */
  readonly datasetOverride?: string | undefined;
  /**
   * Awaited before each HTTP request, logins and keep-alives included, once the request has a connection to itself. After it the request
   * leaves at once. Keep the concurrency of `storeProperties` at `maxSockets` - 2 or below, or logins wait for a connection.
   */
  readonly admit: Admit;
  /** Idle expiry of the session at Canary; ms. */
  readonly sessionTimeoutMs?: number;
  readonly session?: Partial<SessionPolicy>;
  readonly index?: Partial<DatasetIndexPolicy>;
  readonly limits?: RequestLimits;
  /** For one HTTP request, from its slot to the end of its answer; ms. */
  readonly attemptTimeoutMs?: number;
  /** Connections to each of the two services. */
  readonly maxSockets?: number;
  readonly maxResponseBytes?: number;
  readonly onCall?: (report: CallReport) => void;
  readonly onSession?: (state: SessionState['state']) => void;
  readonly onIndex?: (event: DatasetIndexEvent) => void;
  readonly timing?: Timing;
}

export const defaultClientOptions = {
  sessionTimeoutMs: 120_000,
  attemptTimeoutMs: 10_000,
  maxSockets: 64,
  // A page of 10,000 tags is about 1 MB.
  maxResponseBytes: 64 * 1024 * 1024,
} as const;

export const defaultSessionPolicy: SessionPolicy = {
  keepAliveAfterMs: 30_000,
  keepAliveJitterMs: 10_000,
  loginBackoff: { baseMs: 500, capMs: 15_000 },
};
