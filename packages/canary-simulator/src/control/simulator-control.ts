import type { FaultInput } from '../faults/fault.ts';
import type { LoggedRequest } from '../receiver/request-log.ts';
import type { ShownFaults } from './control-routes.ts';
import type { ListedTag, TagListing } from './list-tags.ts';
import type { Provisioned } from './provision-tags.ts';
import type { Removed } from './remove-tags.ts';
import type { TagHistory } from './show-history.ts';
import type { SimulatorStats } from './simulator-stats.ts';

/** The control API refused a request. */
export class SimulatorControlError extends Error {
  override readonly name = 'SimulatorControlError';
  readonly status: number;
  readonly problems: readonly string[];

  constructor(status: number, problems: readonly string[]) {
    super(`the simulator answered ${status}: ${problems.join('; ')}`);
    this.status = status;
    this.problems = problems;
  }
}

/** A client of `/sim`, for tests and tools. Every call throws SimulatorControlError when it is refused. */
export class SimulatorControl {
  readonly #url: string;

  /** @param controlUrl root of the control port */
  constructor(controlUrl: string) {
    this.#url = controlUrl;
  }

  async stats(): Promise<SimulatorStats> {
    return this.#call('GET', 'stats');
  }

  async tags(
    query: { prefix?: string; limit?: number; cursor?: string; historian?: string } = {},
  ): Promise<TagListing> {
    return this.#call('GET', `tags${queryString(query)}`);
  }

  /** All tags that begin so, read page by page. */
  async allTags(prefix = ''): Promise<ListedTag[]> {
    const tags: ListedTag[] = [];
    let cursor: string | null = '0:0';
    while (cursor !== null) {
      const page: TagListing = await this.tags({ prefix, limit: 10_000, cursor });
      tags.push(...page.tags);
      cursor = page.cursor;
    }
    return tags;
  }

  /** Makes tags exist. Without `dataset` the first level of each names the dataset or its family. */
  async provision(
    tags: readonly string[],
    o: { dataset?: string; rollover?: boolean; datasets?: readonly string[]; historian?: string } = {},
  ): Promise<Provisioned> {
    return this.#call('PUT', 'tags', { ...o, tags });
  }

  /** Makes tags obsolete: Canary neither shows them any more nor takes writes to them. */
  async removeTags(tags: readonly string[], historian?: string): Promise<Removed> {
    return this.#call('DELETE', 'tags', historian === undefined ? { tags } : { tags, historian });
  }

  async history(tag: string, historian?: string): Promise<TagHistory> {
    return this.#call('GET', `history${queryString({ tag, historian })}`);
  }

  /** The newest requests, oldest first. */
  async requests(query: { limit?: number; after?: number; path?: string } = {}): Promise<LoggedRequest[]> {
    const { requests } = await this.#call<{ requests: LoggedRequest[] }>('GET', `requests${queryString(query)}`);
    return requests;
  }

  /** Replaces the faults in force by these. */
  async setFaults(faults: readonly FaultInput[], seed?: number): Promise<ShownFaults> {
    return this.#call('PUT', 'faults', seed === undefined ? { faults } : { seed, faults });
  }

  async faults(): Promise<ShownFaults> {
    return this.#call('GET', 'faults');
  }

  async clearFaults(): Promise<ShownFaults> {
    return this.#call('DELETE', 'faults');
  }

  async updateSettings(settings: {
    requestsPerSecond?: number;
    apiTokens?: readonly string[];
    storeRestOnErrors?: boolean;
  }): Promise<void> {
    await this.#call('PUT', 'settings', settings);
  }

  async reset(keep: { keepTags?: boolean; keepSessions?: boolean; keepFaults?: boolean } = {}): Promise<void> {
    await this.#call('POST', 'reset', keep);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#url}/sim/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw new SimulatorControlError(response.status, problemsIn(JSON.parse(text)));
    // Both ends of this API are this package.
    const content: T = JSON.parse(text);
    return content;
  }
}

function queryString(query: Readonly<Record<string, string | number | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

function problemsIn(content: unknown): string[] {
  if (typeof content !== 'object' || content === null || !('problems' in content)) return [];
  return Array.isArray(content.problems) ? content.problems.map(String) : [];
}
