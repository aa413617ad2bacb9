import type { PropertyKey, Value } from './properties.ts';

export type Properties = Map<PropertyKey, Value>;

/** One change of a device, concrete: it names what it changes and to what. */
export type Edit =
  | { edit: 'set'; tag: string; key: PropertyKey; value: Value }
  | { edit: 'unset'; tag: string; key: PropertyKey }
  | { edit: 'add'; tag: string; properties: readonly (readonly [PropertyKey, Value])[] }
  | { edit: 'drop'; tag: string };

/** All of them at once, so that names can be swapped. */
export interface Rename {
  from: string;
  to: string;
}

/** What the devices have to say: the state that the store and Canary must end with. */
export class Plant {
  readonly #devices = new Map<string, Map<string, Properties>>();

  constructor(devices: readonly string[]) {
    for (const device of devices) this.#devices.set(device, new Map());
  }

  get devices(): readonly string[] {
    return [...this.#devices.keys()];
  }

  /** @throws RangeError for a device that is not there. */
  tagsOf(device: string): ReadonlyMap<string, Properties> {
    return this.#device(device);
  }

  /** Edits of a tag that is not there (any more) change nothing. */
  apply(device: string, edit: Edit): void {
    const tags = this.#device(device);
    switch (edit.edit) {
      case 'set':
        tags.get(edit.tag)?.set(edit.key, edit.value);
        break;
      case 'unset':
        tags.get(edit.tag)?.delete(edit.key);
        break;
      case 'add':
        tags.set(edit.tag, new Map(edit.properties));
        break;
      case 'drop':
        tags.delete(edit.tag);
        break;
    }
  }

  rename(device: string, pairs: readonly Rename[]): void {
    const tags = this.#device(device);
    const moved = pairs.map(({ from, to }) => [to, tags.get(from)] as const);
    for (const { from } of pairs) tags.delete(from);
    for (const [to, properties] of moved) if (properties !== undefined) tags.set(to, properties);
  }

  #device(device: string): Map<string, Properties> {
    const tags = this.#devices.get(device);
    if (tags === undefined) throw new RangeError(`there is no device ${device}`);
    return tags;
  }
}
