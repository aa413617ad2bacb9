import { Canary, type ApiRequest, type CanaryOptions } from '../canary/canary.ts';
import { answerControl, type ControlAnswer, type ControlRequest } from '../control/historian-control.ts';
import { storedStats, type StoredStats } from '../control/historian-stats.ts';
import { defaultCanaryOptions } from '../options.ts';

export type Answer = Readonly<Record<string, unknown>> & { readonly statusCode: string; readonly errors: string[] };

/** A Canary without a network, whose time stands still until it is moved. */
export class TestCanary {
  readonly #canary: Canary;
  /** Epoch ms. */
  now = Date.parse('2025-08-26T12:00:00Z');

  constructor(options: Partial<CanaryOptions> = {}) {
    this.#canary = new Canary({ ...defaultCanaryOptions, ...options });
  }

  /** Calls SAF or Views; the path without `/api/`. A body that is a text or bytes is sent as it is. */
  call(path: string, body: unknown = {}, how: Partial<Omit<ApiRequest, 'body'>> = {}): Answer {
    const request: ApiRequest = {
      path: `/api/${path}`,
      body: bytesOf(body),
      bearer: undefined,
      secure: true,
      now: this.now,
      poison: [],
      badSession: undefined,
      inspectOnly: false,
    };
    const answer = this.#canary.call({ ...request, ...how });
    return JSON.parse(answer.text);
  }

  /** Opens a session with the settings a careful client asks for, and these. */
  openSession(settings: Readonly<Record<string, unknown>> = {}, historians: readonly string[] = ['localhost']): string {
    const careful = { autoWriteNoData: false, extendData: false, ...settings };
    const answer = this.call('v1/getSessionToken', { historians, clientId: 'test', settings: careful });
    if (typeof answer['sessionToken'] !== 'string') throw new Error(`no session: ${answer.errors.join('; ')}`);
    return answer['sessionToken'];
  }

  storeProperties(sessionToken: string, properties: unknown, how: Partial<Omit<ApiRequest, 'body'>> = {}): Answer {
    return this.call('v1/storeData', { sessionToken, properties }, how);
  }

  provision(body: unknown): ControlAnswer {
    return this.control({ ask: 'provision', body: new TextEncoder().encode(JSON.stringify(body)), now: this.now });
  }

  control(request: ControlRequest): ControlAnswer {
    return answerControl(this.#canary, request);
  }

  stats(): StoredStats {
    return storedStats(this.#canary.state, this.now);
  }

  /** Histories of a tag as `GET /sim/history` shows them. */
  history(tag: string, historian: string | null = null): unknown {
    return this.control({ ask: 'history', historian, tag }).content;
  }
}

/** A property as `storeData` takes it, at a second of one minute. */
export const property = (name: string, second: number, value: unknown, ...quality: unknown[]): unknown[] => [
  name,
  at(second),
  value,
  ...quality,
];

export const at = (second: number): string => `2025-08-26T12:00:${String(second).padStart(2, '0')}.0000000Z`;

function bytesOf(body: unknown): Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
}
