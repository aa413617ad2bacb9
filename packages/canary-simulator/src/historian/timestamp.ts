/** An instant as the historian keeps it: .NET ticks of 100 ns, split so that each part is an exact JavaScript number. */
export interface Timestamp {
  /** Whole milliseconds since 1970-01-01T00:00:00Z. */
  readonly ms: number;
  /** 100 ns ticks within the millisecond, 0 to 9999. */
  readonly ticks: number;
}

const pattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?(?:Z|([+-])(\d{2}):?(\d{2}))$/;

/** ISO 8601 with a zone and at most seven fractional digits; anything else is `undefined`. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, zoneHours, zoneMinutes] = match;
  const wall = new Date(0);
  // setUTCFullYear and not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  wall.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const calendarDay = wall.getUTCDate() === Number(day) && wall.getUTCMonth() === Number(month) - 1;
  if (!calendarDay || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offsetMinutes = Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0);
  if (offsetMinutes > 14 * 60 || Number(zoneMinutes ?? 0) > 59) return undefined;
  const sevenDigits = fraction.padEnd(7, '0');
  const time = wall.setUTCHours(Number(hour), Number(minute), Number(second), Number(sevenDigits.slice(0, 3)));
  return {
    ms: time - (sign === '-' ? -offsetMinutes : offsetMinutes) * 60_000,
    ticks: Number(sevenDigits.slice(3)),
  };
}

/** The historian's own form: UTC, seven fractional digits. */
export function formatTimestamp(at: Timestamp): string {
  return `${new Date(at.ms).toISOString().slice(0, -1)}${String(at.ticks).padStart(4, '0')}Z`;
}

/** Negative when `a` is earlier, positive when it is later, 0 when both are the same instant. */
export const compareTimestamps = (a: Timestamp, b: Timestamp): number => a.ms - b.ms || a.ticks - b.ticks;

/** The next instant the historian can tell apart. */
export const oneTickAfter = (at: Timestamp): Timestamp =>
  at.ticks === 9999 ? { ms: at.ms + 1, ticks: 0 } : { ms: at.ms, ticks: at.ticks + 1 };

/** Parses timestamps of a batch, in which the same text tends to come many times in a row. */
export class TimestampReader {
  #text = '';
  #timestamp: Timestamp | undefined = undefined;

  read(text: string): Timestamp | undefined {
    if (text !== this.#text) {
      this.#timestamp = parseTimestamp(text);
      this.#text = text;
    }
    return this.#timestamp;
  }
}
