import { sleep } from '@uns/service';
import type { ISql, Sql } from 'postgres';
import { edgeOf, group } from '../plant/layout.ts';
import type { Edit } from '../plant/plant.ts';
import { kindOf } from '../plant/properties.ts';
import type { SqlShape } from '../schedule/step.ts';

/** How long a transaction waits for the one within it, in ms. */
const overlapMs = 300;

class RolledBackError extends Error {
  override readonly name = 'RolledBackError';
}

/**
 * Manual SQL as somebody writes it who mends metadata in the store. Every statement may be run again: what is so already is changed no
 * further.
 */
export async function runSqlEdits(sql: Sql, device: string, edits: readonly Edit[], shape: SqlShape): Promise<void> {
  switch (shape) {
    case 'plain':
      await sql.begin((tx) => editAll(tx, device, edits));
      break;
    case 'savepoint':
      await sql.begin(async (tx) => {
        await tx
          .savepoint(async (inner) => {
            await spoil(inner, device, edits);
            throw new RolledBackError('to the savepoint');
          })
          .catch(expectRollback);
        await editAll(tx, device, edits);
      });
      break;
    case 'rolled back':
      await sql
        .begin(async (tx) => {
          await spoil(tx, device, edits);
          throw new RolledBackError('as a whole');
        })
        .catch(expectRollback);
      break;
    case 'overlapping': {
      const half = Math.ceil(edits.length / 2);
      let second: Promise<unknown> = Promise.resolve();
      await sql.begin(async (first) => {
        await editAll(first, device, edits.slice(0, half));
        second = sql.begin((other) => editAll(other, device, edits.slice(half)));
        // Not for ever: both touch the row of their device, and then the other one waits for this one.
        await Promise.race([second, sleep(overlapMs)]);
      });
      await second;
      break;
    }
  }
}

function expectRollback(error: unknown): void {
  if (!(error instanceof RolledBackError)) throw error;
}

/** Values that nobody may ever see. */
async function spoil(tx: ISql, device: string, edits: readonly Edit[]): Promise<void> {
  const spoilt = edits.map((edit): Edit => ({
    edit: 'set',
    tag: edit.tag,
    key: 'documentation',
    value: 'rolled back, must not be seen',
  }));
  await editAll(tx, device, spoilt);
}

/** In the order of the tags, so that two of them do not lock each other out. */
async function editAll(tx: ISql, device: string, edits: readonly Edit[]): Promise<void> {
  for (const edit of edits.toSorted((a, b) => (a.tag < b.tag ? -1 : 1))) await editOne(tx, device, edit);
}

async function editOne(tx: ISql, device: string, edit: Edit): Promise<void> {
  const metric = tx`
    select m.metric_id
    from uns_meta.metrics m
    join uns_meta.devices d using (device_id)
    where (d.group_id, d.edge, d.device, m.name) = (${group}, ${edgeOf(device)}, ${device}, ${edit.tag})`;
  switch (edit.edit) {
    case 'set': {
      const { type } = kindOf(edit.key);
      const column = `${type}_value`;
      await tx`
        insert into uns_meta.metric_properties (metric_id, key, type, ${tx(column)})
        select metric_id, ${edit.key}, ${type}::uns_meta.property_type, ${literal(tx, type, edit.value)} from (${metric}) as m
        on conflict (metric_id, key) do update set type = excluded.type, ${tx(column)} = excluded.${tx(column)}`;
      break;
    }
    case 'unset':
      await tx`delete from uns_meta.metric_properties where key = ${edit.key} and metric_id in (${metric})`;
      break;
    case 'add':
    case 'drop':
      throw new RangeError(`SQL does not ${edit.edit} tags here`);
  }
}

function literal(tx: ISql, type: ReturnType<typeof kindOf>['type'], value: string | number | boolean) {
  const text = String(value);
  switch (type) {
    case 'int':
      return tx`${text}::text::integer`;
    case 'long':
      return tx`${text}::text::bigint`;
    case 'double':
      return tx`${text}::text::double precision`;
    case 'boolean':
      return tx`${text}::text::boolean`;
    case 'string':
      return tx`${text}::text`;
  }
}
