import { zeroCounters, type HistorianCounters } from './counters.ts';
import type { Dataset } from './dataset.ts';
import { Dictionary } from './dictionary.ts';
import { HistoryStore, type Point } from './history-store.ts';
import { noDataQuality } from './quality.ts';
import type { Scalar } from './scalar.ts';
import type { TagName } from './tag-name.ts';
import { TagSet } from './tag-set.ts';
import { compareTimestamps, oneTickAfter, type Timestamp } from './timestamp.ts';

export interface ValuePoint {
  readonly at: Timestamp;
  readonly value: Scalar;
  readonly quality: number;
}

export interface PropertyPoint extends ValuePoint {
  readonly name: string;
}

/** Everything one request writes to one tag. */
export interface TagWrite {
  readonly tag: TagName;
  readonly properties: readonly PropertyPoint[];
  readonly tvqs: readonly ValuePoint[];
  readonly annotations: number;
}

export interface WriteMode {
  readonly autoCreateDatasets: boolean;
  readonly insertReplaceData: boolean;
}

/** The series that holds a tag's values; the others are named by the dictionary, whose numbers begin at 1. */
const valueSeries = 0;
const maxPropertyNames = 65_535;

/** A historian: tags in datasets, and for each the history of its values and of its properties. */
export class Historian {
  readonly name: string;
  readonly tags: TagSet;
  #counters = zeroCounters();
  #tagsWithValues = 0;
  #unknownTagWrites = new Map<string, number>();
  #store = new HistoryStore();
  #propertyNames = new Dictionary<string>();
  #values = new Dictionary<Scalar>();

  constructor(o: { name: string; tagsPerDataset: number }) {
    this.name = o.name;
    this.tags = new TagSet({ tagsPerDataset: o.tagsPerDataset, newTagNumber: () => this.#store.addTag() });
  }

  get counters(): Readonly<HistorianCounters> {
    return this.#counters;
  }

  /** Tags created by writes, by dataset. */
  get unknownTagWritesByDataset(): ReadonlyMap<string, number> {
    return this.#unknownTagWrites;
  }

  /** Distinct (tag, property). */
  get propertyCount(): number {
    return this.#store.seriesCount - this.#tagsWithValues;
  }

  get pointCount(): number {
    return this.#store.pointCount;
  }

  /** Why the write would be refused; `undefined` when it would not. */
  problem(write: TagWrite, mode: WriteMode): string | undefined {
    const { dataset: name, rest } = write.tag;
    const dataset = this.tags.dataset(name);
    if (dataset === undefined && !mode.autoCreateDatasets) return `dataset "${name}" does not exist`;
    if (dataset?.isObsolete(rest) === true) return 'the tag is obsolete';
    if (this.#propertyNames.size + write.properties.length <= maxPropertyNames) return undefined;
    const unknown = write.properties.some((property) => this.#propertyNames.find(property.name) === undefined);
    return unknown ? `the historian holds ${maxPropertyNames} property names already` : undefined;
  }

  /** Writes what `problem` has nothing against. Returns the number of the tag, which is created when nobody knows it. */
  write(write: TagWrite, mode: WriteMode, now: number): number {
    const tag = this.#tagToWrite(write.tag, now);
    const replace = mode.insertReplaceData;
    for (const property of write.properties) {
      this.#counters.propertyWrites += 1;
      this.#offer(tag, this.#propertyNames.number(property.name), property, replace);
    }
    this.#counters.tvqs += write.tvqs.length;
    this.#offerValues(tag, write.tvqs, replace);
    this.#counters.annotations += write.annotations;
    return tag;
  }

  /** Ends the data of tags one tick after their last point, unless that is "No Data" already. */
  insertNoData(tags: Iterable<number>): void {
    for (const tag of tags) {
      const last = this.#lastPoint(tag);
      if (last === undefined || last.quality === noDataQuality) continue;
      this.#offerValues(tag, [{ at: oneTickAfter(last), value: null, quality: noDataQuality }], false);
    }
  }

  /** Counts that the last values of these tags were extended. */
  extendData(tags: number): void {
    this.#counters.extendedPoints += tags;
  }

  /** The newest point of each property of the tag. */
  properties(tag: number): PropertyPoint[] {
    return this.#store.seriesNames(tag).flatMap((name) => {
      const newest = name === valueSeries ? undefined : this.#store.newest(tag, name);
      return newest === undefined ? [] : [{ name: this.#propertyNames.value(name), ...this.#read(newest) }];
    });
  }

  propertyHistory(tag: number): Map<string, ValuePoint[]> {
    const names = this.#store.seriesNames(tag).filter((name) => name !== valueSeries);
    return new Map(
      names.map((name) => [
        this.#propertyNames.value(name),
        this.#store.history(tag, name).map((point) => this.#read(point)),
      ]),
    );
  }

  valueHistory(tag: number): ValuePoint[] {
    return this.#store.history(tag, valueSeries).map((point) => this.#read(point));
  }

  /** Forgets all history and counters, and the tags too unless they are kept. */
  reset(o: { keepTags: boolean; now: number }): void {
    this.#counters = zeroCounters();
    this.#tagsWithValues = 0;
    this.#unknownTagWrites = new Map();
    this.#propertyNames = new Dictionary();
    this.#values = new Dictionary();
    const tags = this.tags.size;
    this.#store = new HistoryStore();
    if (o.keepTags) for (let tag = 0; tag < tags; tag++) this.#store.addTag();
    else this.tags.clear(o.now);
  }

  #tagToWrite(name: TagName, now: number): number {
    const dataset = this.tags.dataset(name.dataset) ?? this.#createDataset(name.dataset, now);
    const known = dataset.number(name.rest);
    if (known !== undefined) return known;
    this.#counters.unknownTagWrites += 1;
    this.#unknownTagWrites.set(dataset.name, (this.#unknownTagWrites.get(dataset.name) ?? 0) + 1);
    return this.tags.addTag(dataset, name.rest, now);
  }

  #createDataset(name: string, now: number): Dataset {
    this.#counters.datasetsCreated += 1;
    return this.tags.addDataset(name, now);
  }

  #offerValues(tag: number, points: readonly ValuePoint[], replace: boolean): void {
    if (points.length === 0) return;
    if (this.#store.newest(tag, valueSeries) === undefined) this.#tagsWithValues += 1;
    for (const point of points) this.#offer(tag, valueSeries, point, replace);
  }

  #offer(tag: number, series: number, offered: ValuePoint, replace: boolean): void {
    const point = { ...offered.at, value: this.#values.number(offered.value), quality: offered.quality };
    const result = this.#store.write(tag, series, point, replace);
    switch (result) {
      case 'stored':
        if (offered.quality === noDataQuality) this.#counters.noDataPoints += 1;
        break;
      case 'replaced':
        this.#counters.replacedWrites += 1;
        if (offered.quality === noDataQuality) this.#counters.noDataPoints += 1;
        break;
      case 'repeated':
        this.#counters.repeatedWrites += 1;
        break;
      case 'stale':
        this.#counters.staleWrites += 1;
        break;
      case 'conflicting':
        this.#counters.conflictingWrites += 1;
        break;
    }
  }

  #lastPoint(tag: number): Point | undefined {
    const newest = this.#store.seriesNames(tag).flatMap((name) => this.#store.newest(tag, name) ?? []);
    return newest.toSorted(compareTimestamps).at(-1);
  }

  #read(point: Point): ValuePoint {
    return {
      at: { ms: point.ms, ticks: point.ticks },
      value: this.#values.value(point.value),
      quality: point.quality,
    };
  }
}
