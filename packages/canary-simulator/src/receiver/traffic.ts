import { apiPaths } from '../canary/api-paths.ts';
import type { LoggedRequest } from './request-log.ts';

type CountsByPath = Record<string, Record<string, number>>;

export interface TrafficStats {
  /** Requests that have ended, by path and HTTP status, or by `reset`, `hung` or `abandoned` where there was no answer. */
  readonly requests: Readonly<CountsByPath>;
  /** Envelopes sent, by path and `statusCode`. */
  readonly statusCodes: Readonly<CountsByPath>;
  /** Requests that have arrived, ended or not. */
  readonly requestsTotal: number;
  /** Answers with HTTP 429, for the cap or by a fault. */
  readonly status429: number;
  /** Most distinct tags in one request. */
  readonly maxTagsPerRequest: number;
  /** Largest body. */
  readonly maxRequestBytes: number;
}

/** Counts requests. Paths nobody knows are counted as one, so that they cannot fill the memory. */
export class Traffic {
  #requests: CountsByPath = {};
  #statusCodes: CountsByPath = {};
  #total = 0;
  #status429 = 0;
  #maxTags = 0;
  #maxBytes = 0;

  get stats(): TrafficStats {
    return {
      requests: this.#requests,
      statusCodes: this.#statusCodes,
      requestsTotal: this.#total,
      status429: this.#status429,
      maxTagsPerRequest: this.#maxTags,
      maxRequestBytes: this.#maxBytes,
    };
  }

  arrived(): void {
    this.#total += 1;
  }

  ended(request: Pick<LoggedRequest, 'path' | 'end' | 'status' | 'statusCode' | 'tags' | 'bytes'>): void {
    const path = apiPaths.includes(request.path) ? request.path : 'other';
    increment(this.#requests, path, String(request.status ?? request.end));
    if (request.statusCode !== null) increment(this.#statusCodes, path, request.statusCode);
    if (request.status === 429) this.#status429 += 1;
    this.#maxTags = Math.max(this.#maxTags, request.tags);
    this.#maxBytes = Math.max(this.#maxBytes, request.bytes ?? 0);
  }

  reset(): void {
    this.#requests = {};
    this.#statusCodes = {};
    this.#total = 0;
    this.#status429 = 0;
    this.#maxTags = 0;
    this.#maxBytes = 0;
  }
}

function increment(counts: CountsByPath, path: string, key: string): void {
  const ofPath = (counts[path] ??= {});
  ofPath[key] = (ofPath[key] ?? 0) + 1;
}
