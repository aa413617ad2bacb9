import { readAliases, saveAliases, type DeviceIdentity } from '@uns/metadata-store';
import { AliasTable } from '@uns/sparkplug';
import type { Sql } from 'postgres';
import { mergeAliases } from './merge-aliases.ts';
import { ReadThroughCache } from './read-through-cache.ts';

/** What metrics are called that come with an alias only: as the device's births said, else as the births of its edge node did. */
export interface KnownAliases {
  device: AliasTable;
  node: AliasTable;
}

/** Most aliases kept of one device, or of one edge node. */
export const mostAliases = 250_000;
/** Most characters of their names: as a row at most 48 MB, where PostgreSQL refuses one of 256 MB. */
export const mostAliasCharacters = 16 * 1024 ** 2;
/** Names longer than this count as several in memory. */
const usualName = 64;
/** What a device without an alias takes, in aliases: its key and its place. */
const emptyTable = 16;

/** The aliases of all devices: in the store, and those used last in memory. */
export class AliasBook {
  readonly #sql: Sql;
  readonly #cache: ReadThroughCache<AliasTable>;

  /** `cacheEntries`: most aliases in memory, with names of up to 64 characters; longer ones count as several. */
  constructor(o: { sql: Sql; cacheEntries: number }) {
    this.#sql = o.sql;
    this.#cache = new ReadThroughCache({
      limit: o.cacheEntries,
      weigh: (table) => emptyTable + Math.max(table.size, Math.ceil(table.characters / usualName)),
    });
  }

  async of(device: DeviceIdentity): Promise<KnownAliases> {
    const [own, node] = await Promise.all([this.#read(device), this.#read(ofNode(device))]);
    return { device: own, node };
  }

  /** Lets the next birth of the device read from the store: another pod may have heard what we have not. */
  forget(device: DeviceIdentity): void {
    this.#cache.forget(keyOf(device));
    this.#cache.forget(keyOf(ofNode(device)));
  }

  /** Takes the pairs of a birth of a device, or with device '' of an edge node. An older birth than the last teaches nothing. */
  async learn(device: DeviceIdentity, learned: AliasTable, birthTimestamp: Date): Promise<void> {
    const merged = mergeAliases(await this.#read(device), learned, {
      aliases: mostAliases,
      characters: mostAliasCharacters,
    });
    if (await saveAliases(this.#sql, device, { aliases: merged.toJSON(), birthTimestamp })) {
      this.#cache.put(keyOf(device), merged);
    } else {
      this.#cache.forget(keyOf(device));
    }
  }

  #read(device: DeviceIdentity): Promise<AliasTable> {
    return this.#cache.get(keyOf(device), async () => tableOf(await readAliases(this.#sql, device)));
  }
}

const keyOf = ({ group, edge, device }: DeviceIdentity): string => JSON.stringify([group, edge, device]);
const ofNode = ({ group, edge }: DeviceIdentity): DeviceIdentity => ({ group, edge, device: '' });

/** A row that somebody has spoilt by hand must not stop births: it is learned again. */
function tableOf(row: unknown): AliasTable {
  try {
    return row === null ? new AliasTable() : AliasTable.fromJSON(row);
  } catch (error) {
    if (error instanceof TypeError) return new AliasTable();
    throw error;
  }
}
