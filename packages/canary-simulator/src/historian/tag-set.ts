import { Dataset } from './dataset.ts';
import { fullName, type TagName } from './tag-name.ts';

/** .NET ticks (100 ns since the year 1) at the Unix epoch. */
const ticksAtUnixEpoch = 621_355_968_000_000_000;
const ticksPerMs = 10_000;

/** Datasets roll over from `Name` to `Name2`, `Name3`, ... */
const memberName = (family: string, generation: number): string =>
  generation === 1 ? family : `${family}${generation}`;

/** The datasets and tags of a historian, and the sequence that moves whenever they change. */
export class TagSet {
  readonly #datasets = new Map<string, Dataset>();
  readonly #families = new Map<string, Dataset[]>();
  readonly #tagsPerDataset: number;
  readonly #newTagNumber: () => number;
  #sequence = ticksAtUnixEpoch;
  #size = 0;

  constructor(o: { tagsPerDataset: number; newTagNumber: () => number }) {
    this.#tagsPerDataset = o.tagsPerDataset;
    this.#newTagNumber = o.newTagNumber;
  }

  /** Time of the last change in .NET ticks. A double holds these to 128 ticks; each change moves it by 10,000 at least. */
  get sequence(): number {
    return this.#sequence;
  }

  get size(): number {
    return this.#size;
  }

  datasets(): Dataset[] {
    return [...this.#datasets.values()];
  }

  dataset(name: string): Dataset | undefined {
    return this.#datasets.get(name);
  }

  addDataset(name: string, now: number): Dataset {
    const known = this.#datasets.get(name);
    if (known !== undefined) return known;
    const dataset = new Dataset(name);
    this.#datasets.set(name, dataset);
    this.#changed(now);
    return dataset;
  }

  /** Adds a tag to exactly this dataset, whatever it holds already. */
  addTag(dataset: Dataset, rest: string, now: number): number {
    const number = this.#newTagNumber();
    dataset.add(rest, number);
    this.#size += 1;
    this.#changed(now);
    return number;
  }

  /**
   * Adds a tag to `family`, `family2`, `family3`, ...: to the first of them that is not full. Where one of them has it already, it is
   * no longer obsolete there. Returns whether that changed anything.
   */
  addToFamily(family: string, rest: string, now: number): boolean {
    const members = this.#family(family);
    const holders = members.filter((member) => member.number(rest) !== undefined);
    const holder = holders.find((member) => !member.isObsolete(rest)) ?? holders[0];
    const free = members.find((member) => member.size < this.#tagsPerDataset);
    return this.addOrRevive(holder ?? free ?? this.addDataset(memberName(family, members.length + 1), now), rest, now);
  }

  /** Adds a tag, or takes it back where it is obsolete. Returns whether that changed anything. */
  addOrRevive(dataset: Dataset, rest: string, now: number): boolean {
    if (dataset.number(rest) === undefined) {
      this.addTag(dataset, rest, now);
      return true;
    }
    const revived = dataset.setObsolete(rest, false);
    if (revived) this.#changed(now);
    return revived;
  }

  /** Marks tags as obsolete or not; returns the names nobody knows. */
  setObsolete(names: readonly TagName[], obsolete: boolean, now: number): string[] {
    const unknown: string[] = [];
    let changed = false;
    for (const { dataset, rest } of names) {
      const holder = this.#datasets.get(dataset);
      if (holder?.number(rest) === undefined) unknown.push(fullName(dataset, rest));
      else changed = holder.setObsolete(rest, obsolete) || changed;
    }
    if (changed) this.#changed(now);
    return unknown;
  }

  clear(now: number): void {
    this.#datasets.clear();
    this.#families.clear();
    this.#size = 0;
    this.#changed(now);
  }

  /** The datasets of a family as far as their numbers have no gap. */
  #family(family: string): Dataset[] {
    const members = this.#families.get(family) ?? [];
    for (;;) {
      const next = this.#datasets.get(memberName(family, members.length + 1));
      if (next === undefined) break;
      members.push(next);
    }
    this.#families.set(family, members);
    return members;
  }

  #changed(now: number): void {
    const ticks = ticksAtUnixEpoch + Math.trunc(now) * ticksPerMs;
    this.#sequence = ticks > this.#sequence ? ticks : this.#sequence + ticksPerMs;
  }
}
