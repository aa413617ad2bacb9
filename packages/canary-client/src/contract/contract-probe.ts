import { sleep } from '@uns/service';
import { defaultClientOptions } from '../client-options.ts';
import { HttpDoor, type Admit, type ServiceName } from '../http/http-door.ts';
import type { Envelope } from '../http/envelope.ts';
import { describeFailure, type CanaryFailure, type CanaryOutcome } from '../outcome.ts';
import { DatasetGuard } from '../properties/dataset-guard.ts';
import { EncodedProperties } from '../properties/encoded-properties.ts';
import type { PropertyValue } from '../properties/property-write.ts';
import { SafCalls } from '../saf/saf-calls.ts';
import { sessionSettings, type SessionSettings } from '../session/session-settings.ts';
import { systemTiming } from '../timing.ts';
import { ViewsCalls } from '../views/views-calls.ts';
import type { ContractOptions } from './contract-options.ts';
import { broken, held, type Verdict } from './verdict.ts';

/** A call that was expected to succeed did not. */
class UnexpectedOutcomeError extends Error {
  override readonly name = 'UnexpectedOutcomeError';

  constructor(failure: CanaryFailure) {
    super(describeFailure(failure));
  }
}

export type PropertyValues = Readonly<Record<string, PropertyValue>>;

/** The value of a call that must have succeeded. @throws UnexpectedOutcomeError otherwise */
export function valueOf<T>(outcome: CanaryOutcome<T>): T {
  if (outcome.outcome !== 'ok') throw new UnexpectedOutcomeError(outcome);
  return outcome.value;
}

/** Speaks to the Canary under test. Whatever it writes passes the guard rail of the Test dataset. */
export class ContractProbe {
  readonly views: ViewsCalls;
  readonly saf: SafCalls;
  readonly settings: SessionSettings;
  /** The API token; undefined when none was given. */
  readonly apiToken: string | undefined;
  readonly options: ContractOptions;
  readonly #doors: { readonly [S in ServiceName]: HttpDoor };
  readonly #guard: DatasetGuard;

  /** @throws ClientOptionsError for unusable options. */
  constructor(options: ContractOptions, secrets: { apiToken: string | undefined; ca: string | undefined }) {
    const { apiToken, ca } = secrets;
    this.options = options;
    this.apiToken = apiToken;
    this.#guard = new DatasetGuard(options.dataset);
    const admit = paced(options.requestsPerSecond);
    const door = (service: ServiceName, baseUrl: string): HttpDoor =>
      new HttpDoor({
        ...defaultClientOptions,
        service,
        baseUrl,
        allowHttp: options.allowHttp,
        ca,
        admit,
        onCall: () => undefined,
        clock: systemTiming,
      });
    this.#doors = { saf: door('saf', options.safBaseUrl), views: door('views', options.viewsBaseUrl) };
    this.settings = sessionSettings({ clientTimeoutMs: defaultClientOptions.sessionTimeoutMs, testMode: true });
    this.saf = new SafCalls({
      door: this.#doors.saf,
      apiToken: () => apiToken,
      historians: [options.historian],
      clientId: 'uns-metadata-sync contract',
      settings: this.settings,
    });
    this.views = new ViewsCalls({ door: this.#doors.views, apiToken: () => apiToken });
  }

  /** A tag of this suite, by what follows its own browse level. */
  tag(name: string): string {
    return `${this.options.dataset}.uns-metadata-sync contract.${name}`;
  }

  /** The path of a tag or dataset as Views lists it. */
  inView(path: string): string {
    return this.options.view === null ? path : `${this.options.view}.${path}`;
  }

  /** Any request with any body, for what the product itself never sends. */
  async raw(service: ServiceName, path: string, body: object, signal: AbortSignal): Promise<CanaryOutcome<Envelope>> {
    const secrets = this.apiToken === undefined ? [] : [this.apiToken];
    return this.#doors[service].post({ path, body: () => JSON.stringify(body), secrets }, signal);
  }

  /** Runs `f` with a session of its own, revoked afterwards. */
  async withSession<T>(signal: AbortSignal, f: (token: string) => Promise<T>): Promise<T> {
    const token = valueOf(await this.saf.login(signal));
    try {
      return await f(token);
    } finally {
      await this.saf.revoke(token, signal);
    }
  }

  /** Writes properties to tags of this suite, with the given time or now. */
  async write(
    token: string,
    tags: Readonly<Record<string, PropertyValues>>,
    signal: AbortSignal,
    timestamp = timestampNow(),
  ): Promise<CanaryOutcome<null>> {
    const rows = Object.entries(tags).map(
      ([tag, values]) =>
        [tag, Object.entries(values).map(([name, value]) => [name, timestamp, value] as const)] as const,
    );
    return this.saf.storeProperties(token, EncodedProperties.encode(new Map(rows), this.#guard), signal);
  }

  /** Asks until the answer is the expected one: a write takes its time from the buffer to Views. */
  async settles(signal: AbortSignal, ask: () => Promise<string | null>): Promise<Verdict> {
    const deadline = systemTiming.monotonic() + this.options.settleMs;
    for (;;) {
      const wrong = await ask();
      if (wrong === null) return held;
      if (systemTiming.monotonic() > deadline) return broken(`${wrong}, after ${this.options.settleMs / 1_000} s too`);
      await sleep(Math.min(500, this.options.settleMs), signal);
    }
  }

  close(): void {
    this.#doors.saf.close();
    this.#doors.views.close();
  }
}

/** Now, in the form the product writes. */
export function timestampNow(): string {
  return new Date().toISOString().replace('Z', '0000Z');
}

/** One request after the other, at an even pace. */
function paced(requestsPerSecond: number): Admit {
  let next = systemTiming.monotonic();
  return async (signal) => {
    const at = Math.max(next, systemTiming.monotonic());
    next = at + 1_000 / requestsPerSecond;
    await sleep(Math.max(0, at - systemTiming.monotonic()), signal);
    return undefined;
  };
}
