import { readTemplates, saveTemplates, type EdgeNode } from '@uns/metadata-store';
import { learnTemplates, PayloadError, TemplateDefinitions, type Limits } from '@uns/sparkplug';
import type { Sql } from 'postgres';
import { ReadThroughCache } from './read-through-cache.ts';

export interface KnownTemplates {
  definitions: TemplateDefinitions;
  /** A birth of the node has been seen: what is not defined here is not defined. */
  seen: boolean;
  bytes: number;
}

const nothingSeen: KnownTemplates = { definitions: new TemplateDefinitions(), seen: false, bytes: 0 };

/** The template definitions of all edge nodes: in the store, and those used last in memory. */
export class TemplateBook {
  readonly #sql: Sql;
  readonly #limits: Partial<Limits>;
  readonly #cache: ReadThroughCache<KnownTemplates>;

  /** `cacheBytes`: most bytes of definitions in memory, as encoded; decoded they take a few times as much. */
  constructor(o: { sql: Sql; limits: Partial<Limits>; cacheBytes: number }) {
    this.#sql = o.sql;
    this.#limits = o.limits;
    // An edge node without templates, as most are, costs an entry too.
    this.#cache = new ReadThroughCache({ limit: o.cacheBytes, weigh: (known) => known.bytes + 2000 });
  }

  of(node: EdgeNode): Promise<KnownTemplates> {
    return this.#cache.get(keyOf(node), async () => this.#decode(await readTemplates(this.#sql, node)));
  }

  /** Lets the next birth read from the store: another pod may have heard what we have not. */
  forget(node: EdgeNode): void {
    this.#cache.forget(keyOf(node));
  }

  /** Takes the definitions of a node birth; they replace those of the birth before. */
  async learn(
    node: EdgeNode,
    learned: { definitions: TemplateDefinitions; payload: Buffer },
    birthTimestamp: Date,
  ): Promise<void> {
    const { definitions, payload } = learned;
    if (await saveTemplates(this.#sql, node, { definitions: payload, birthTimestamp })) {
      this.#cache.put(keyOf(node), { definitions, seen: true, bytes: payload.length });
    } else {
      this.#cache.forget(keyOf(node));
    }
  }

  async #decode(payload: Buffer | null): Promise<KnownTemplates> {
    if (payload === null) return nothingSeen;
    try {
      const { definitions } = await learnTemplates(payload, { limits: this.#limits });
      return { definitions, seen: true, bytes: payload.length };
    } catch (error) {
      // Somebody has spoilt the row by hand: it is learned again.
      if (error instanceof PayloadError) return nothingSeen;
      throw error;
    }
  }
}

const keyOf = ({ group, edge }: EdgeNode): string => JSON.stringify([group, edge]);
