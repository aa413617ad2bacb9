import type { Random } from '@uns/edge-simulator';
import { archiveDevice, edgeDevices, newProperties, tagName, tagsAtFirst } from '../plant/layout.ts';
import type { Edit, Plant, Rename } from '../plant/plant.ts';
import { kindOf, propertyKeys } from '../plant/properties.ts';
import type { SqlShape, WorkloadStep } from './step.ts';

/** Makes one step of work after the other, each of them concrete, on a plant of its own that follows them. */
export class WorkloadGenerator {
  readonly #random: Random;
  readonly #plant: Plant;
  /** Names that tags have had, to be used again. */
  readonly #formerNames = new Map<string, string[]>();
  #names = tagsAtFirst;
  /** Numbers of values begin above those of the first plant. */
  #values = 1000;

  constructor(random: Random, plant: Plant) {
    this.#random = random;
    this.#plant = plant;
  }

  next(): WorkloadStep {
    const kind = this.#random.next();
    if (kind < 0.45) return this.#birth(this.#random.pick(edgeDevices));
    if (kind < 0.75) return this.#sql(archiveDevice);
    if (kind < 0.85) return this.#sql(this.#random.pick(edgeDevices));
    return this.#rename(this.#random.pick(edgeDevices));
  }

  #birth(device: string): WorkloadStep {
    const edits: Edit[] = [];
    // Now and then a wave, as when somebody corrects a whole plant.
    for (let n = this.#random.chance(0.1) ? 60 : 1 + this.#random.integer(12); n > 0; n -= 1) {
      const edit = this.#editByBirth(device);
      edits.push(edit);
      this.#plant.apply(device, edit);
    }
    return { kind: 'birth', device, edits };
  }

  #editByBirth(device: string): Edit {
    const kind = this.#random.next();
    const tags = this.#plant.tagsOf(device).size;
    if (kind < 0.08 && tags > tagsAtFirst / 2) {
      const tag = this.#anyTag(device);
      this.#remember(device, tag);
      return { edit: 'drop', tag };
    }
    if (kind < 0.18 && tags < tagsAtFirst * 2) {
      const tag = this.#freeName(device);
      return { edit: 'add', tag, properties: newProperties(this.#random, this.#nextValue()) };
    }
    return this.#editProperty(device);
  }

  #editProperty(device: string): Edit {
    const tag = this.#anyTag(device);
    const key = this.#random.pick(propertyKeys);
    return this.#random.chance(0.2)
      ? { edit: 'unset', tag, key }
      : { edit: 'set', tag, key, value: kindOf(key).value(this.#nextValue()) };
  }

  #sql(device: string): WorkloadStep {
    const shape: SqlShape = this.#random.pick(['plain', 'plain', 'overlapping', 'savepoint', 'rolled back']);
    const count = this.#random.chance(0.1) ? 40 : 1 + this.#random.integer(6);
    const edits = new Map<string, Edit>();
    for (let n = 0; n < count; n += 1) {
      const edit = this.#editProperty(device);
      // Overlapping transactions must not wait for each other: each tag once.
      edits.set(edit.tag, edit);
    }
    if (device === archiveDevice && shape !== 'rolled back')
      for (const edit of edits.values()) this.#plant.apply(device, edit);
    return { kind: 'sql', device, edits: [...edits.values()], shape };
  }

  #rename(device: string): WorkloadStep {
    const from = this.#anyTag(device);
    const other = this.#anyTag(device);
    const swap = this.#random.chance(0.4) && other !== from;
    const pairs: Rename[] = swap
      ? [
          { from, to: other },
          { from: other, to: from },
        ]
      : [{ from, to: this.#freeName(device) }];
    if (!swap) this.#remember(device, from);
    this.#plant.rename(device, pairs);
    return { kind: 'rename', device, pairs };
  }

  /** A name nobody has: one of before at times. */
  #freeName(device: string): string {
    const former = this.#formerNames.get(device) ?? [];
    if (former.length > 0 && this.#random.chance(0.5)) {
      const [name] = former.splice(this.#random.integer(former.length), 1);
      if (name !== undefined) return name;
    }
    this.#names += 1;
    return tagName(this.#names);
  }

  #remember(device: string, name: string): void {
    this.#formerNames.set(device, [...(this.#formerNames.get(device) ?? []), name]);
  }

  #anyTag(device: string): string {
    return this.#random.pick([...this.#plant.tagsOf(device).keys()]);
  }

  #nextValue(): number {
    this.#values += 1;
    return this.#values;
  }
}
