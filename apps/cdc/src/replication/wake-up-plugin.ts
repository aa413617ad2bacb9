import type { Client } from 'pg';
import { parseChange, type Change } from './parse-change.ts';

/**
 * Reads pgoutput as wake-ups: which metric, not what it became. The library's own parser decodes every column of every row; this one
 * reads the one column that is wanted.
 */
export class WakeUpPlugin {
  readonly options: { publication: string };
  readonly name = 'pgoutput';
  /** By relation id: at which place of its tuples the metric id is. */
  readonly #metricIdColumns = new Map<number, number>();

  constructor(publication: string) {
    this.options = { publication };
  }

  async start(client: Client, slot: string, from: string): Promise<unknown> {
    const quotedSlot = `"${slot.replaceAll('"', '""')}"`;
    const publication = this.options.publication.replaceAll("'", "''");
    return client.query(
      `START_REPLICATION SLOT ${quotedSlot} LOGICAL ${from} (proto_version '1', publication_names '${publication}', messages 'true')`,
    );
  }

  /** Never throws: the library calls it from the socket, where an exception would end the process. */
  parse(message: Buffer): Change {
    try {
      const change = parseChange(message, this.#metricIdColumns);
      if (change.kind === 'relation') this.#metricIdColumns.set(change.relation, change.metricIdColumn);
      return change;
    } catch (error) {
      return { kind: 'unreadable', error };
    }
  }
}
