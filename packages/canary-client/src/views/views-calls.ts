import { z } from 'zod';
import type { Envelope } from '../http/envelope.ts';
import type { HttpDoor } from '../http/http-door.ts';
import { readField } from '../http/read-field.ts';
import { ok, type CanaryOutcome } from '../outcome.ts';
import { readToken, type TokenProvider } from '../token.ts';
import { continuationSchema, type Continuation } from './continuation.ts';
import { scalarsByTag, type TagProperties } from './tag-properties.ts';

const objectSchema = z.custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const tagsSchema = z
  .array(z.string())
  .nullish()
  .transform((tags) => tags ?? []);
const nodeSchema = z.looseObject({
  fullPath: z.string(),
  hasNodes: z.boolean().nullish(),
  hasTags: z.boolean().nullish(),
});
const viewStatusSchema = z.looseObject({ sequence: z.union([z.string(), z.number()]) });

export interface BrowseNode {
  readonly fullPath: string;
  readonly hasNodes: boolean;
  readonly hasTags: boolean;
}

export interface BrowseTagsRequest {
  readonly path: string;
  /** Below the path at any depth, not only directly. */
  readonly deep: boolean;
  /** Words that a tag must contain. */
  readonly search?: string;
  /** Tags per page; Canary's own default is 10,000. */
  readonly maxSize?: number;
}

export interface TagPage {
  readonly tags: readonly string[];
  readonly continuation: Continuation | null;
}

/** A paging that never ends is an error of the server, not a reason to go on. */
const MAX_PAGES = 100_000;

/** The calls of the read service (Views, v2), one method each. */
export class ViewsCalls {
  readonly #door: HttpDoor;
  readonly #apiToken: TokenProvider;

  constructor(options: { door: HttpDoor; apiToken: TokenProvider }) {
    this.#door = options.door;
    this.#apiToken = options.apiToken;
  }

  /** The nodes directly below a path; the empty path is the root. */
  async browseNodes(path: string, signal: AbortSignal): Promise<CanaryOutcome<ReadonlyMap<string, BrowseNode>>> {
    const answer = await this.#post('/browseNodes', { path }, signal);
    if (answer.outcome !== 'ok') return answer;
    const nodes = readField(answer.value, 'nodes', objectSchema);
    if (nodes.outcome !== 'ok') return nodes;
    const found = new Map<string, BrowseNode>();
    for (const [name, value] of Object.entries(nodes.value)) {
      const node = nodeSchema.safeParse(value);
      if (!node.success) return { outcome: 'malformed', detail: 'a node without a fullPath' };
      const { fullPath, hasNodes, hasTags } = node.data;
      found.set(name, { fullPath, hasNodes: hasNodes ?? false, hasTags: hasTags ?? false });
    }
    return ok(found);
  }

  /** One page of tags. `after` is the continuation of the page before. */
  async browseTags(
    request: BrowseTagsRequest,
    after: Continuation | null,
    signal: AbortSignal,
  ): Promise<CanaryOutcome<TagPage>> {
    const body = after === null ? request : { ...request, continuation: after };
    const answer = await this.#post('/browseTags', body, signal);
    if (answer.outcome !== 'ok') return answer;
    const tags = readField(answer.value, 'tags', tagsSchema);
    if (tags.outcome !== 'ok') return tags;
    const continuation = readField(answer.value, 'continuation', continuationSchema);
    if (continuation.outcome !== 'ok') return continuation;
    return ok({ tags: tags.value, continuation: continuation.value });
  }

  /**
   * All pages of a browse, one request each.
   *
   * @param onPage Takes the tags of one page; the next request is made afterwards. Answers `stop` to end early.
   */
  async eachPage(
    request: BrowseTagsRequest,
    onPage: (tags: readonly string[]) => 'more' | 'stop',
    signal: AbortSignal,
  ): Promise<CanaryOutcome<null>> {
    let after: Continuation | null = null;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page: CanaryOutcome<TagPage> = await this.browseTags(request, after, signal);
      if (page.outcome !== 'ok') return page;
      if (onPage(page.value.tags) === 'stop') return ok(null);
      const { continuation } = page.value;
      if (continuation === null) return ok(null);
      if (typeof continuation !== 'object' && continuation === after) break;
      after = continuation;
    }
    return { outcome: 'malformed', detail: `the pages of ${request.path} do not end` };
  }

  /** The sequence of each view: it moves when the view's set of tags changes. */
  async browseStatus(
    views: readonly string[] | null,
    signal: AbortSignal,
  ): Promise<CanaryOutcome<ReadonlyMap<string, string>>> {
    const answer = await this.#post('/browseStatus', views === null ? {} : { views }, signal);
    if (answer.outcome !== 'ok') return answer;
    const status = readField(answer.value, 'views', objectSchema);
    if (status.outcome !== 'ok') return status;
    const sequences = new Map<string, string>();
    for (const [view, value] of Object.entries(status.value)) {
      const read = viewStatusSchema.safeParse(value);
      if (!read.success) return { outcome: 'malformed', detail: 'a view without a sequence' };
      sequences.set(view, String(read.data.sequence));
    }
    return ok(sequences);
  }

  /** The current properties of tags. The answer has neither types nor timestamps: compare normalised values. */
  async getTagProperties(tags: readonly string[], signal: AbortSignal): Promise<CanaryOutcome<TagProperties>> {
    const answer = await this.#post('/getTagProperties', { tags }, signal);
    if (answer.outcome !== 'ok') return answer;
    const properties = readField(answer.value, 'properties', objectSchema);
    return properties.outcome === 'ok' ? ok(scalarsByTag(properties.value)) : properties;
  }

  async #post(path: string, request: object, signal: AbortSignal): Promise<CanaryOutcome<Envelope>> {
    const token = readToken(this.#apiToken);
    if (token.outcome !== 'ok') return token;
    const apiToken = token.value;
    return this.#door.post(
      {
        path,
        body: () => JSON.stringify({ apiToken, ...request }),
        secrets: apiToken === undefined ? [] : [apiToken],
      },
      signal,
    );
  }
}
