import type { DeviceIdentity } from '../birth/birth-metric.ts';
import { mostNamed, type QuarantineEntry, type QuarantineRow, type QuarantineSubject } from './quarantine-entry.ts';

/** A subject that is not in the store. */
export interface Stranger extends QuarantineSubject {
  /** What of it is not. */
  unknown: 'device' | 'node';
}

/** Rows of strangers: by edge node, and in all. Strangers of edge nodes that are not known themselves have the room of one such. */
export interface StrangerBounds {
  ofNode: number;
  inAll: number;
}

export const strangerBounds: StrangerBounds = { ofNode: 1000, inAll: 10_000 };

/** Stands for the many devices that have no row of their own; no id can be this, because MQTT has it for a wildcard. */
export const many = '+';

/**
 * Decides under which subject each entry of a stranger is kept: one row for each reason, under its own name as long as there is room,
 * else together with others, under `+` for the device, and for the edge node where that is not known either. `taken`: rows of strangers
 * by `placeOf`; `has`: is the row, by `rowKey`, there already? `folded` counts the rows that found no room.
 */
export function placeStrangers(
  strangers: readonly Stranger[],
  o: { taken: ReadonlyMap<string, number>; has: (key: string) => boolean; bounds: StrangerBounds },
): { rows: QuarantineRow[]; folded: number } {
  const taken = new Map(o.taken);
  let all = taken.values().reduce((sum, count) => sum + count, 0);
  const rows = new Map<string, QuarantineRow>();
  let folded = 0;
  for (const stranger of strangers) {
    for (const entry of byReason(stranger.entries)) {
      const own = rowKey(stranger.device, entry.reason);
      const place = placeOf(stranger);
      const atPlace = taken.get(place) ?? 0;
      if (!o.has(own) && !rows.has(own)) {
        if (atPlace >= o.bounds.ofNode || all >= o.bounds.inAll) {
          folded += 1;
          addTo(rows, together(stranger, entry));
          continue;
        }
        taken.set(place, atPlace + 1);
        all += 1;
      }
      addTo(rows, { ...entry, device: stranger.device, unknown: stranger.unknown });
    }
  }
  return { rows: [...rows.values()], folded };
}

export function placeOf({ unknown, device: { group, edge } }: Pick<Stranger, 'unknown' | 'device'>): string {
  return unknown === 'node' ? many : JSON.stringify([group, edge]);
}

export function rowKey({ group, edge, device }: DeviceIdentity, reason: string): string {
  return JSON.stringify([group, edge, device, reason]);
}

/** Nothing of a stranger is stored, so why comes first; which of its metrics are wrong is told when it is known. */
function byReason(entries: readonly QuarantineEntry[]): QuarantineEntry[] {
  const found = new Map<string, QuarantineEntry>();
  for (const { metric, property, ...entry } of entries) {
    const known = found.get(entry.reason);
    if (known !== undefined) known.occurrences += entry.occurrences;
    else {
      const about = [metric, property].filter((text) => text !== '').map((text) => `${text}: `);
      found.set(entry.reason, { ...entry, metric: '', property: '', detail: about.join('') + entry.detail });
    }
  }
  return [...found.values()];
}

function together({ device, unknown }: Stranger, entry: QuarantineEntry): QuarantineRow {
  const { group, edge } = unknown === 'device' ? device : { group: many, edge: many };
  const devices = [[device.group, device.edge, device.device].join('/')];
  return { ...entry, device: { group, edge, device: many }, unknown, sample: { ...entry.sample, devices } };
}

function addTo(rows: Map<string, QuarantineRow>, row: QuarantineRow): void {
  const key = rowKey(row.device, row.reason);
  const other = rows.get(key);
  if (other === undefined) {
    rows.set(key, row);
    return;
  }
  const devices = [...new Set([...(row.sample?.devices ?? []), ...(other.sample?.devices ?? [])])].slice(0, mostNamed);
  const sample = { ...other.sample, ...row.sample, ...(devices.length > 0 ? { devices } : {}) };
  rows.set(key, {
    ...row,
    occurrences: other.occurrences + row.occurrences,
    ...(Object.keys(sample).length > 0 ? { sample } : {}),
  });
}
