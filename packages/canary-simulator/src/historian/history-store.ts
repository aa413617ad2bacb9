import { RecordPages } from './record-pages.ts';
import type { Timestamp } from './timestamp.ts';

/** A point in a series. `value` is a number of a dictionary. */
export interface Point extends Timestamp {
  readonly value: number;
  readonly quality: number;
}

/** What became of a point offered to a series. */
export type WriteResult = 'stored' | 'replaced' | 'repeated' | 'stale' | 'conflicting';

// Layouts in bytes. A tag is the head of a list of series, a series the head of a list of points, newest first.
const tag = { stride: 4, series: 0 };
const series = { stride: 12, name: 0, newest: 4, next: 8 };
const point = { stride: 20, ms: 0, value: 8, older: 12, ticks: 16, quality: 18 };

/** Histories of the properties of tags (and of the values of tags, which are a series too), 30 bytes or so for a point. */
export class HistoryStore {
  readonly #tags = new RecordPages(tag.stride);
  readonly #series = new RecordPages(series.stride);
  readonly #points = new RecordPages(point.stride);

  get seriesCount(): number {
    return this.#series.length;
  }

  get pointCount(): number {
    return this.#points.length;
  }

  addTag(): number {
    return this.#tags.append();
  }

  /** Offers a point to the series `name` of the tag. Without `replace` only a point newer than the newest is taken. */
  write(tagNumber: number, name: number, offered: Point, replace: boolean): WriteResult {
    const at = this.#findOrAddSeries(tagNumber, name);
    let newer = 0;
    let current = this.#seriesField(at, series.newest);
    let order = this.#compare(offered, current);
    while (order < 0) {
      newer = current;
      current = this.#older(current);
      order = this.#compare(offered, current);
    }
    if (order === 0) return this.#writeAtSameTime(current, offered, replace);
    if (newer !== 0 && !replace) return 'stale';
    const added = this.#appendPoint(offered, current);
    if (newer === 0) this.#setSeriesField(at, series.newest, added);
    else this.#points.page(newer).setUint32(this.#points.offset(newer) + point.older, added);
    return 'stored';
  }

  /** Names of the series of a tag, the first written first. */
  seriesNames(tagNumber: number): number[] {
    const names: number[] = [];
    for (let at = this.#firstSeries(tagNumber); at !== 0; at = this.#seriesField(at, series.next)) {
      names.push(this.#seriesField(at, series.name));
    }
    return names.toReversed();
  }

  newest(tagNumber: number, name: number): Point | undefined {
    const at = this.#findSeries(tagNumber, name);
    const newest = at === 0 ? 0 : this.#seriesField(at, series.newest);
    return newest === 0 ? undefined : this.#readPoint(newest);
  }

  /** Oldest first. */
  history(tagNumber: number, name: number): Point[] {
    const at = this.#findSeries(tagNumber, name);
    const points: Point[] = [];
    for (let current = at === 0 ? 0 : this.#seriesField(at, series.newest); current !== 0;) {
      points.push(this.#readPoint(current));
      current = this.#older(current);
    }
    return points.toReversed();
  }

  #writeAtSameTime(at: number, offered: Point, replace: boolean): WriteResult {
    const page = this.#points.page(at);
    const value = this.#points.offset(at) + point.value;
    const quality = this.#points.offset(at) + point.quality;
    if (page.getUint32(value) === offered.value && page.getUint16(quality) === offered.quality) return 'repeated';
    if (!replace) return 'conflicting';
    page.setUint32(value, offered.value);
    page.setUint16(quality, offered.quality);
    return 'replaced';
  }

  #appendPoint(offered: Point, older: number): number {
    const added = this.#points.append();
    const page = this.#points.page(added);
    const offset = this.#points.offset(added);
    page.setFloat64(offset + point.ms, offered.ms);
    page.setUint16(offset + point.ticks, offered.ticks);
    page.setUint32(offset + point.value, offered.value);
    page.setUint16(offset + point.quality, offered.quality);
    page.setUint32(offset + point.older, older);
    return added;
  }

  #readPoint(at: number): Point {
    const page = this.#points.page(at);
    const offset = this.#points.offset(at);
    return {
      ms: page.getFloat64(offset + point.ms),
      ticks: page.getUint16(offset + point.ticks),
      value: page.getUint32(offset + point.value),
      quality: page.getUint16(offset + point.quality),
    };
  }

  /** Positive when the instant is later than the point's, or when there is no point. */
  #compare(instant: Timestamp, at: number): number {
    if (at === 0) return 1;
    const page = this.#points.page(at);
    const offset = this.#points.offset(at);
    return instant.ms - page.getFloat64(offset + point.ms) || instant.ticks - page.getUint16(offset + point.ticks);
  }

  #older(at: number): number {
    return this.#points.page(at).getUint32(this.#points.offset(at) + point.older);
  }

  #firstSeries(tagNumber: number): number {
    return this.#tags.page(tagNumber).getUint32(this.#tags.offset(tagNumber) + tag.series);
  }

  #findSeries(tagNumber: number, name: number): number {
    let at = this.#firstSeries(tagNumber);
    while (at !== 0 && this.#seriesField(at, series.name) !== name) at = this.#seriesField(at, series.next);
    return at;
  }

  #findOrAddSeries(tagNumber: number, name: number): number {
    const found = this.#findSeries(tagNumber, name);
    if (found !== 0) return found;
    const added = this.#series.append();
    this.#setSeriesField(added, series.name, name);
    this.#setSeriesField(added, series.next, this.#firstSeries(tagNumber));
    this.#tags.page(tagNumber).setUint32(this.#tags.offset(tagNumber) + tag.series, added);
    return added;
  }

  #seriesField(at: number, field: number): number {
    return this.#series.page(at).getUint32(this.#series.offset(at) + field);
  }

  #setSeriesField(at: number, field: number, value: number): void {
    this.#series.page(at).setUint32(this.#series.offset(at) + field, value);
  }
}
