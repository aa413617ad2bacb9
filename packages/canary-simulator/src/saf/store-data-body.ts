import type { PropertyPoint, TagWrite, ValuePoint } from '../historian/historian.ts';
import { parseQuality } from '../historian/quality.ts';
import { isScalar } from '../historian/scalar.ts';
import { parseTagName } from '../historian/tag-name.ts';
import { TimestampReader, type Timestamp } from '../historian/timestamp.ts';

const sections = ['tvqs', 'properties', 'annotations'] as const;
type Section = (typeof sections)[number];

/** A tag of the request, checked: what to write, or the first thing wrong with it. */
export type TagRequest =
  { readonly tag: string; readonly write: TagWrite } | { readonly tag: string; readonly problem: string };

export type StoreDataBody = { readonly tags: TagRequest[] } | { readonly problems: string[] };

type Json = Readonly<Record<string, unknown>>;
export const isJsonObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks a body of `storeData`. What is wrong with one tag is said about that tag; what is wrong with the body, of the whole. */
export function readStoreData(body: Json): StoreDataBody {
  const problems = Object.keys(body)
    .filter((key) => key !== 'sessionToken' && !sections.some((section) => section === key))
    .map((key) => `unknown field "${key}"`);
  const parts = new Map<string, Map<Section, unknown>>();
  for (const section of sections) {
    const content = body[section];
    if (content === undefined) continue;
    if (!isJsonObject(content)) {
      problems.push(`${section}: must be an object of tags`);
      continue;
    }
    for (const tag of Object.keys(content)) {
      const part = parts.get(tag) ?? new Map<Section, unknown>();
      parts.set(tag, part.set(section, content[tag]));
    }
  }
  if (problems.length > 0) return { problems };
  if (parts.size === 0) return { problems: ['the request stores nothing: tvqs, properties and annotations are empty'] };
  const timestamps = new TimestampReader();
  return { tags: Array.from(parts, ([tag, part]) => readTag(tag, part, timestamps)) };
}

function readTag(tag: string, part: ReadonlyMap<Section, unknown>, timestamps: TimestampReader): TagRequest {
  const parsed = parseTagName(tag);
  if ('problem' in parsed) return { tag, problem: parsed.problem };
  const properties = readPoints('properties', part, readProperty, timestamps);
  if (typeof properties === 'string') return { tag, problem: properties };
  const tvqs = readPoints('tvqs', part, readTvq, timestamps);
  if (typeof tvqs === 'string') return { tag, problem: tvqs };
  const annotations = readPoints('annotations', part, readAnnotation, timestamps);
  if (typeof annotations === 'string') return { tag, problem: annotations };
  return { tag, write: { tag: parsed.name, properties, tvqs, annotations: annotations.length } };
}

/** A point, or what is wrong with it: a wrapper around each of 800 points in a request would cost more than the check. */
type ReadPoint<T extends object> = (tuple: readonly unknown[], timestamps: TimestampReader) => T | string;

function readPoints<T extends object>(
  section: Section,
  part: ReadonlyMap<Section, unknown>,
  read: ReadPoint<T>,
  timestamps: TimestampReader,
): T[] | string {
  const list = part.get(section);
  if (list === undefined && !part.has(section)) return [];
  if (!Array.isArray(list) || list.length === 0) return `${section} must be a list that is not empty`;
  const points: T[] = [];
  for (const tuple of list) {
    const point = Array.isArray(tuple) ? read(tuple, timestamps) : 'must be a list';
    if (typeof point === 'string') return `${section}[${points.length}]: ${point}`;
    points.push(point);
  }
  return points;
}

/** `[name, timestamp, value, quality?]` */
function readProperty(tuple: readonly unknown[], timestamps: TimestampReader): PropertyPoint | string {
  if (tuple.length < 3 || tuple.length > 4) return 'must be [name, timestamp, value, quality?]';
  const [name, timestamp, value, quality] = tuple;
  if (typeof name !== 'string' || name === '') return 'the name must be a text that is not empty';
  const at = readTimestamp(timestamp, timestamps);
  if (at === undefined) return `"${name}": ${badTimestamp}`;
  if (!isScalar(value)) return `"${name}": ${badValue}`;
  const code = parseQuality(quality);
  return code === undefined ? `"${name}": ${badQuality}` : { name, at, value, quality: code };
}

/** `[timestamp, value, quality?]` */
function readTvq(tuple: readonly unknown[], timestamps: TimestampReader): ValuePoint | string {
  if (tuple.length < 2 || tuple.length > 3) return 'must be [timestamp, value, quality?]';
  const [timestamp, value, quality] = tuple;
  const at = readTimestamp(timestamp, timestamps);
  if (at === undefined) return badTimestamp;
  if (!isScalar(value)) return badValue;
  const code = parseQuality(quality);
  return code === undefined ? badQuality : { at, value, quality: code };
}

/** `[user, timestamp, text, createdAt?]` */
function readAnnotation(tuple: readonly unknown[], timestamps: TimestampReader): Timestamp | string {
  const [user, timestamp, text, createdAt] = tuple;
  if (tuple.length < 3 || tuple.length > 4 || typeof user !== 'string' || typeof text !== 'string') {
    return 'must be [user, timestamp, text, createdAt?]';
  }
  const createdAtIsWrong = createdAt !== undefined && readTimestamp(createdAt, timestamps) === undefined;
  const at = readTimestamp(timestamp, timestamps);
  return at === undefined || createdAtIsWrong ? badTimestamp : at;
}

const badTimestamp = 'the timestamp must be ISO 8601 with a zone';
const badValue = 'the value must be a text, a finite number, a boolean or null';
const badQuality = 'the quality must be 0 to 65535, "Good", "Bad" or "No Data"';

const readTimestamp = (timestamp: unknown, timestamps: TimestampReader): Timestamp | undefined =>
  typeof timestamp === 'string' ? timestamps.read(timestamp) : undefined;
