import type { DecodedProperty } from '../metric.ts';

/** A template definition, or a member of one: what instances of it inherit. */
export interface TemplateNode {
  properties: DecodedProperty[];
  /** The definition this one is derived from, or the member is an instance of. */
  templateRef: string | null;
  members: Map<string, TemplateNode>;
}

/** Where publishers that keep definitions in a folder of their own put them; instances refer to them without it. */
const FOLDER = '_types_/';

/** The template definitions of one edge node, learned from its NBIRTH. */
export class TemplateDefinitions {
  readonly #byName = new Map<string, TemplateNode>();

  get size(): number {
    return this.#byName.size;
  }

  add(name: string, definition: TemplateNode): void {
    this.#byName.set(name, definition);
  }

  find(ref: string): TemplateNode | undefined {
    return this.#byName.get(ref) ?? this.#byName.get(FOLDER + ref);
  }

  /**
   * The nodes given, each followed by the definitions it is derived from, nearest first. Derivation is against the
   * specification and common (Ignition); a circle ends where it meets itself.
   */
  withAncestors(nodes: readonly TemplateNode[]): { lineage: TemplateNode[]; missing: string[]; isCircular: boolean } {
    const lineage = new Set<TemplateNode>();
    const missing: string[] = [];
    let isCircular = false;
    for (const start of nodes) {
      const chain = new Set<TemplateNode>();
      for (let node: TemplateNode | undefined = start; node !== undefined;) {
        if (chain.has(node)) {
          isCircular = true;
          break;
        }
        chain.add(node);
        lineage.add(node);
        const ref: string | null = node.templateRef;
        const parent: TemplateNode | undefined = ref === null ? undefined : this.find(ref);
        if (ref !== null && parent === undefined) missing.push(ref);
        node = parent;
      }
    }
    return { lineage: [...lineage], missing, isCircular };
  }
}
