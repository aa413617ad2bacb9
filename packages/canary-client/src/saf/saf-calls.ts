import { z } from 'zod';
import type { HttpDoor, Post } from '../http/http-door.ts';
import type { Envelope } from '../http/envelope.ts';
import { ok, type CanaryFailure, type CanaryOutcome } from '../outcome.ts';
import { ENVELOPE_BYTES, type EncodedProperties } from '../properties/encoded-properties.ts';
import type { SessionCalls } from '../session/session-keeper.ts';
import type { SessionSettings } from '../session/session-settings.ts';
import { readField } from '../http/read-field.ts';
import { readToken, type TokenProvider } from '../token.ts';

/** Longer tokens would not fit into the room that a request keeps for its envelope. */
const MAX_SESSION_TOKEN_CHARS = ENVELOPE_BYTES - 256;

const sessionTokenSchema = z.string().min(1).max(MAX_SESSION_TOKEN_CHARS);
const datasetsSchema = z.array(z.string()).nullish();
const versionSchema = z.union([z.string(), z.number()]);

export interface SafCallsOptions {
  readonly door: HttpDoor;
  readonly apiToken: TokenProvider;
  readonly historians: readonly [string, ...string[]];
  readonly clientId: string;
  readonly settings: SessionSettings;
}

/** The calls of the write service (store and forward, v1), one method each. */
export class SafCalls implements SessionCalls {
  readonly #options: SafCallsOptions;

  constructor(options: SafCallsOptions) {
    this.#options = options;
  }

  /** `/getSessionToken`. The API token is read anew, so that a mounted secret can rotate. */
  async login(signal: AbortSignal): Promise<CanaryOutcome<string>> {
    const { historians, clientId, settings } = this.#options;
    const answer = await this.#withApiToken('/getSessionToken', { historians, clientId, settings }, signal);
    if (answer.outcome !== 'ok') return asLoginFailure(answer);
    return readField(answer.value, 'sessionToken', sessionTokenSchema);
  }

  async keepAlive(token: string, signal: AbortSignal): Promise<CanaryOutcome<null>> {
    return done(await this.#withSession('/keepAlive', token, signal));
  }

  /** `/revokeSessionToken`. A pod that stops has little time for it, so it waits for nothing else. */
  async revoke(token: string, signal: AbortSignal): Promise<CanaryOutcome<null>> {
    return done(await this.#withSession('/revokeSessionToken', token, signal, { urgent: true }));
  }

  /** `/storeData`, with properties and nothing else. */
  async storeProperties(
    token: string,
    properties: EncodedProperties,
    signal: AbortSignal,
  ): Promise<CanaryOutcome<null>> {
    const body = (): string => `{"sessionToken":${JSON.stringify(token)},"properties":${properties.json}}`;
    return done(await this.#post({ path: '/storeData', body, secrets: [token] }, signal));
  }

  /** `/getDatasets` of one of the session's historians, the first by default. */
  async datasets(signal: AbortSignal, historian?: string): Promise<CanaryOutcome<readonly string[]>> {
    const request = { historian: historian ?? this.#options.historians[0] };
    const answer = await this.#withApiToken('/getDatasets', request, signal);
    if (answer.outcome !== 'ok') return answer;
    const datasets = readField(answer.value, 'datasets', datasetsSchema);
    return datasets.outcome === 'ok' ? ok(datasets.value ?? []) : datasets;
  }

  async version(signal: AbortSignal): Promise<CanaryOutcome<string>> {
    const answer = await this.#post({ path: '/version', body: () => '{}', secrets: [] }, signal);
    if (answer.outcome !== 'ok') return answer;
    const version = readField(answer.value, 'version', versionSchema);
    return version.outcome === 'ok' ? ok(String(version.value)) : version;
  }

  async #withApiToken(path: string, request: object, signal: AbortSignal): Promise<CanaryOutcome<Envelope>> {
    const token = readToken(this.#options.apiToken);
    if (token.outcome !== 'ok') return token;
    const apiToken = token.value;
    const secrets = apiToken === undefined ? [] : [apiToken];
    return this.#post({ path, body: () => JSON.stringify({ apiToken, ...request }), secrets }, signal);
  }

  async #withSession(
    path: string,
    sessionToken: string,
    signal: AbortSignal,
    o: { urgent: boolean } = { urgent: false },
  ): Promise<CanaryOutcome<Envelope>> {
    return this.#post({ path, body: () => JSON.stringify({ sessionToken }), secrets: [sessionToken], ...o }, signal);
  }

  async #post(call: Post, signal: AbortSignal): Promise<CanaryOutcome<Envelope>> {
    return this.#options.door.post(call, signal);
  }
}

const done = (answer: CanaryOutcome<unknown>): CanaryOutcome<null> => (answer.outcome === 'ok' ? ok(null) : answer);

/**
 * A login that Canary refuses says nothing about the data to be written: it must not look like the refusal of a tag,
 * which ends in the dead letters.
 */
function asLoginFailure(failure: CanaryFailure): CanaryFailure {
  switch (failure.outcome) {
    case 'errors':
      return { outcome: 'sessionRefused', messages: failure.messages };
    case 'rejected':
      return { outcome: 'sessionRefused', messages: [`HTTP ${failure.status} ${failure.detail}`.trim()] };
    case 'badSession':
      return { outcome: 'sessionRefused', messages: ['BadSessionToken in answer to a login'] };
    default:
      return failure;
  }
}
