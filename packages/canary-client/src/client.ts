import { ClientOptionsError } from './client-options-error.ts';
import { defaultClientOptions, defaultSessionPolicy, type CanaryClientOptions } from './client-options.ts';
import { defaultDatasetIndexPolicy } from './dataset-index/dataset-index-policy.ts';
import { DatasetIndexes } from './dataset-index/dataset-indexes.ts';
import { fixedDatasetResolver } from './dataset-index/fixed-dataset.ts';
import type { TagResolver } from './dataset-index/resolution.ts';
import { HttpDoor, type ServiceName } from './http/http-door.ts';
import { ok, type CanaryOutcome } from './outcome.ts';
import { DatasetGuard } from './properties/dataset-guard.ts';
import { EncodedProperties, ENVELOPE_BYTES } from './properties/encoded-properties.ts';
import { defaultRequestLimits } from './properties/pack-requests.ts';
import type { PropertiesByTag } from './properties/property-write.ts';
import { SafCalls } from './saf/saf-calls.ts';
import { SessionKeeper, type CloseResult } from './session/session-keeper.ts';
import { sessionSettings } from './session/session-settings.ts';
import type { SessionState } from './session/session-state.ts';
import { systemTiming } from './timing.ts';
import { ViewsCalls } from './views/views-calls.ts';

export interface CanaryClient {
  /** Whether all writes go to one Test dataset. */
  readonly testMode: boolean;
  readonly session: SessionState['state'];
  /** Finds the dataset of each tag; in Test mode the answer is always the Test dataset. */
  readonly tags: TagResolver;
  /** What Views says of the tags of each series; not asked in Test mode. */
  readonly index: DatasetIndexes;
  readonly views: ViewsCalls;
  /**
   * Writes properties to full tags in one request, with a session that is opened when there is none. Never retries but
   * once, with a new session, after `BadSessionToken`. Writing the same again changes nothing in Canary.
   *
   * @throws GuardRailError, before anything is sent, when one of the tags must not be written.
   * @throws the signal's reason when it is aborted; the write may have reached Canary all the same.
   */
  storeProperties(tags: PropertiesByTag, signal: AbortSignal): Promise<CanaryOutcome<null>>;
  /** The datasets of the first historian. */
  datasets(signal: AbortSignal): Promise<CanaryOutcome<readonly string[]>>;
  /** The version of the write service. */
  version(signal: AbortSignal): Promise<CanaryOutcome<string>>;
  /** Revokes the session and ends all connections. Let the writes under way end first. Never rejects. */
  close(options: { deadlineMs: number }): Promise<CloseResult>;
}

/** @throws ClientOptionsError when no client can be built from the options. */
export function createCanaryClient(options: CanaryClientOptions): CanaryClient {
  const timing = options.timing ?? systemTiming;
  const limits = options.limits ?? defaultRequestLimits;
  const guard = new DatasetGuard(options.datasetOverride ?? null);
  const [historian, ...copies] = options.historians;
  if (historian === undefined) throw new ClientOptionsError('no historian is named');

  const door = (service: ServiceName, baseUrl: string): HttpDoor =>
    new HttpDoor({
      service,
      baseUrl,
      allowHttp: options.allowHttp ?? false,
      ca: options.ca,
      maxSockets: options.maxSockets ?? defaultClientOptions.maxSockets,
      attemptTimeoutMs: options.attemptTimeoutMs ?? defaultClientOptions.attemptTimeoutMs,
      maxResponseBytes: options.maxResponseBytes ?? defaultClientOptions.maxResponseBytes,
      admit: options.admit,
      onCall: options.onCall ?? ((): void => undefined),
      clock: timing,
    });
  const safDoor = door('saf', options.safBaseUrl);
  const viewsDoor = door('views', options.viewsBaseUrl);
  const saf = new SafCalls({
    door: safDoor,
    apiToken: options.apiToken,
    historians: [historian, ...copies],
    clientId: options.clientId,
    settings: sessionSettings({
      clientTimeoutMs: options.sessionTimeoutMs ?? defaultClientOptions.sessionTimeoutMs,
      testMode: guard.testMode,
    }),
  });
  const session = new SessionKeeper({
    calls: saf,
    policy: { ...defaultSessionPolicy, ...options.session },
    timing,
    onState: options.onSession,
  });
  const views = new ViewsCalls({ door: viewsDoor, apiToken: options.apiToken });
  const index = new DatasetIndexes({
    views,
    fixedPrefix: options.datasetPrefix ?? null,
    viewPrefix: options.viewPrefix ?? null,
    policy: { ...defaultDatasetIndexPolicy, ...options.index },
    timing,
    onEvent: options.onIndex ?? ((): void => undefined),
  });

  return {
    testMode: guard.testMode,
    get session() {
      return session.state;
    },
    tags: options.datasetOverride === undefined ? index : fixedDatasetResolver(options.datasetOverride),
    index,
    views,
    async storeProperties(tags, signal) {
      const properties = EncodedProperties.encode(tags, guard);
      if (properties.tags === 0) return ok(null);
      if (properties.tags > limits.maxTags || properties.bytes + ENVELOPE_BYTES > limits.maxBytes) {
        const detail = `${properties.tags} tags of ${properties.bytes} bytes do not fit into one request`;
        return { outcome: 'refused', reason: 'tooLarge', detail };
      }
      return session.use(signal, (token) => saf.storeProperties(token, properties, signal));
    },
    datasets: (signal) => saf.datasets(signal),
    version: (signal) => saf.version(signal),
    async close({ deadlineMs }) {
      await index.close();
      const result = await session.close(deadlineMs);
      safDoor.close();
      viewsDoor.close();
      return result;
    },
  };
}
