import type { Limits } from '../limits.ts';
import type { DecodedProperty } from '../metric.ts';
import type { TemplateDefinitions, TemplateNode } from './definitions.ts';

/** Most definitions one place inherits from: chains times nesting would multiply. */
const LONGEST_LINEAGE = 32;
/** Most nodes and properties remembered, a few tens of bytes each. */
const MOST_REMEMBERED = 500_000;

/** What one place of a birth, an instance or a member of one, inherits. */
export interface Inheritance {
  /** What the definitions say of this place itself. */
  readonly starts: readonly TemplateNode[];
  /** These, each followed by the definitions it is derived from: nearest first. */
  readonly lineage: readonly TemplateNode[];
  /** Of each key the nearest property. */
  readonly properties: readonly DecodedProperty[];
  /** Definitions referred to that the node has not published. */
  readonly missing: readonly string[];
  readonly isCircular: boolean;
  /** A definition of the lineage could not be read whole. */
  readonly isIncomplete: boolean;
  /** There are more definitions than allowed behind those of the lineage. */
  readonly isCut: boolean;
}

export const NOTHING_INHERITED: Inheritance = {
  starts: [],
  lineage: [],
  properties: [],
  missing: [],
  isCircular: false,
  isIncomplete: false,
  isCut: false,
};

interface Known {
  readonly instances: Map<TemplateNode, Inheritance>;
  readonly members: Map<string, Inheritance>;
}

/**
 * Works out what places inherit, and remembers it: a plant has thousands of instances of a few definitions. Derivation is against the
 * specification and common (Ignition); a circle ends where it meets itself, and a chain where it is longer than `limits.depth`, because
 * its length would multiply with the number of members.
 */
export class Inheritances {
  /** Nodes and properties looked at so far: what it costs. */
  work = 0;
  readonly #definitions: TemplateDefinitions;
  readonly #limits: Limits;
  #known = new Map<Inheritance, Known>();
  #remembered = 0;

  constructor(definitions: TemplateDefinitions, limits: Limits) {
    this.#definitions = definitions;
    this.#limits = limits;
  }

  /** Of an instance of `definition` that stands at a place that inherits already. */
  ofInstance(place: Inheritance, definition: TemplateNode | undefined): Inheritance {
    if (definition === undefined) return place;
    const known = this.#knownAt(place).instances.get(definition);
    return known ?? this.#remember(place, (at) => at.instances, definition, [definition, ...place.starts]);
  }

  /** Of the member `name` of what stands at `place`. */
  ofMember(place: Inheritance, name: string): Inheritance {
    if (place.lineage.length === 0) return NOTHING_INHERITED;
    const known = this.#knownAt(place).members.get(name);
    if (known !== undefined) return known;
    this.work += place.lineage.length;
    const starts = place.lineage.flatMap((node) => node.members.get(name) ?? []);
    return starts.length === 0 ? NOTHING_INHERITED : this.#remember(place, (at) => at.members, name, starts);
  }

  #knownAt(place: Inheritance): Known {
    let known = this.#known.get(place);
    if (known === undefined) this.#known.set(place, (known = { instances: new Map(), members: new Map() }));
    return known;
  }

  #remember<K>(
    place: Inheritance,
    where: (known: Known) => Map<K, Inheritance>,
    key: K,
    starts: readonly TemplateNode[],
  ): Inheritance {
    const inheritance = this.#resolve(starts);
    this.#remembered += 16 + inheritance.lineage.length + inheritance.properties.length;
    if (this.#remembered > MOST_REMEMBERED) {
      this.#remembered = 0;
      this.#known = new Map();
    }
    where(this.#knownAt(place)).set(key, inheritance);
    return inheritance;
  }

  #resolve(starts: readonly TemplateNode[]): Inheritance {
    const lineage = new Set<TemplateNode>();
    const missing: string[] = [];
    let isCircular = false;
    let isCut = false;
    for (const start of starts) {
      const chain = new Set<TemplateNode>();
      for (let node: TemplateNode | undefined = start; node !== undefined;) {
        if (chain.has(node)) {
          isCircular = true;
          break;
        }
        if (chain.size > this.#limits.depth || lineage.size >= LONGEST_LINEAGE) {
          isCut = true;
          break;
        }
        chain.add(node);
        lineage.add(node);
        const ref: string | null = node.templateRef;
        const parent: TemplateNode | undefined = ref === null ? undefined : this.#definitions.find(ref);
        if (ref !== null && parent === undefined) missing.push(ref);
        node = parent;
      }
      this.work += chain.size;
    }
    const isIncomplete = [...lineage].some((node) => node.isIncomplete);
    const properties = this.#merge(lineage);
    return { starts, lineage: [...lineage], properties, missing, isCircular, isIncomplete, isCut };
  }

  #merge(lineage: Iterable<TemplateNode>): DecodedProperty[] {
    const merged = new Map<string, DecodedProperty>();
    for (const { properties } of lineage) {
      this.work += properties.length;
      for (const property of properties) {
        if (merged.size < this.#limits.properties && !merged.has(property.key)) merged.set(property.key, property);
      }
    }
    return [...merged.values()];
  }
}
