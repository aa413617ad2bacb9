import type { DecodedProperty } from '../metric.ts';

/** A template definition, or a member of one: what instances of it inherit. */
export interface TemplateNode {
  properties: DecodedProperty[];
  /** The definition this one is derived from, or the member is an instance of. */
  templateRef: string | null;
  members: ReadonlyMap<string, TemplateNode>;
  /** Of a definition: something in it could not be read, so instances may have more than can be told. */
  isIncomplete: boolean;
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
}
