import { Datatype, type MetricInput, type PropertyInput } from '@uns/sparkplug';
import { createRandom, type Random } from './random.ts';
import { tagName } from './tag-names.ts';
import { tagProperties } from './tag-properties.ts';

interface Tag {
  name: string;
  properties: PropertyInput[];
}

export interface DeviceOptions {
  device: string;
  metrics: number;
  seed: number;
}

/** What one device has to say of its tags, and how that changes. A seed makes it the same every time. */
export class DeviceModel {
  readonly device: string;
  readonly #random: Random;
  readonly #tags: Tag[];
  #made = 0;

  constructor(o: DeviceOptions) {
    this.device = o.device;
    this.#random = createRandom(o.seed);
    this.#tags = Array.from({ length: o.metrics }, () => this.#makeTag());
  }

  get tagNames(): readonly string[] {
    return this.#tags.map((tag) => tag.name);
  }

  get propertyCount(): number {
    return this.#tags.reduce((sum, tag) => sum + tag.properties.length, 0);
  }

  propertiesOf(name: string): readonly PropertyInput[] {
    return this.#tag(name).properties;
  }

  /** The metrics of a birth now. Values differ from birth to birth; they are not metadata. */
  *metrics(timestamp: number): Generator<MetricInput> {
    for (const { name, properties } of this.#tags) {
      yield { name, timestamp, datatype: Datatype.Double, value: this.#random.next() * 100, properties };
    }
  }

  /** @returns the name of the tag whose description is another one now. */
  editDescription(text: string, name = this.anyTag()): string {
    this.setProperty(name, { key: 'documentation', type: Datatype.String, value: text });
    return name;
  }

  /** @returns the name of the tag that has lost the property. */
  removeProperty(
    key: string,
    name = this.anyTag((tag) => tag.properties.some((property) => property.key === key)),
  ): string {
    const tag = this.#tag(name);
    tag.properties = tag.properties.filter((property) => property.key !== key);
    return name;
  }

  /** @returns the name of the new tag. */
  addTag(): string {
    const tag = this.#makeTag();
    this.#tags.push(tag);
    return tag.name;
  }

  /** @returns the name of the tag that is gone. */
  removeTag(name = this.anyTag()): string {
    this.#tags.splice(this.#tags.indexOf(this.#tag(name)), 1);
    return name;
  }

  setProperty(name: string, property: PropertyInput): void {
    const tag = this.#tag(name);
    tag.properties = [...tag.properties.filter(({ key }) => key !== property.key), property];
  }

  /** The name of some tag. Throws RangeError when there is none that will do. */
  anyTag(suitable: (tag: Tag) => boolean = () => true): string {
    return this.#random.pick(this.#tags.filter(suitable)).name;
  }

  #makeTag(): Tag {
    this.#made += 1;
    return { name: tagName(this.#random, this.#made), properties: tagProperties(this.#random) };
  }

  #tag(name: string): Tag {
    const tag = this.#tags.find((candidate) => candidate.name === name);
    if (tag === undefined) throw new RangeError(`${this.device} has no tag ${name}`);
    return tag;
  }
}
