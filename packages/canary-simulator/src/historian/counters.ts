/** What a historian was made to do since it was started or reset. */
export interface HistorianCounters {
  /** Time-value-quality points clients sent. */
  tvqs: number;
  annotations: number;
  /** Points that say "No Data", inserted by the historian when a session ended or sent by a client. */
  noDataPoints: number;
  /** Values the historian extended because a session had `extendData` on. */
  extendedPoints: number;
  /** Property points clients sent. */
  propertyWrites: number;
  /** Sent again with the same timestamp, value and quality: history unchanged. */
  repeatedWrites: number;
  /** Older than the newest of the series and not in it: dropped without a word. */
  staleWrites: number;
  /** The timestamp of a stored point with another value or quality: dropped without a word. */
  conflictingWrites: number;
  /** Points that took the place of another, under `insertReplaceData`. */
  replacedWrites: number;
  /** Tags a write created, each of which takes a licence. */
  unknownTagWrites: number;
  /** Datasets a write created, under `autoCreateDatasets`. */
  datasetsCreated: number;
}

const zero: Readonly<HistorianCounters> = {
  tvqs: 0,
  annotations: 0,
  noDataPoints: 0,
  extendedPoints: 0,
  propertyWrites: 0,
  repeatedWrites: 0,
  staleWrites: 0,
  conflictingWrites: 0,
  replacedWrites: 0,
  unknownTagWrites: 0,
  datasetsCreated: 0,
};

const isCounter = (name: string): name is keyof HistorianCounters => name in zero;
const names = Object.keys(zero).filter(isCounter);

export const zeroCounters = (): HistorianCounters => ({ ...zero });

export function addCounters(all: readonly HistorianCounters[]): HistorianCounters {
  const sum = zeroCounters();
  for (const counters of all) for (const name of names) sum[name] += counters[name];
  return sum;
}
