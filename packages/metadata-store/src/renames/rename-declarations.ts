import type { Sql } from 'postgres';
import type { DeviceIdentity } from '../birth/birth-metric.ts';

export interface RenamePair {
  oldName: string;
  newName: string;
}

export interface RenameDeclaration extends RenamePair {
  id: string;
  group: string;
  edge: string;
  device: string;
  state: 'pending' | 'applied' | 'impossible' | 'withdrawn';
  /** Why the last birth did not bring it about. */
  note: string | null;
  declaredBy: string;
  declaredAt: Date;
  metricId: string | null;
}

/**
 * Declares renames of a device, all or none, so that no birth comes between the parts of a swap or a chain. Rejects with the server's
 * error when a name is unknown or declared already.
 *
 * @returns the ids of the declarations.
 */
export function declareRenames(sql: Sql, device: DeviceIdentity, pairs: readonly RenamePair[]): Promise<string[]> {
  return sql.begin(async (tx) => {
    const ids: string[] = [];
    for (const { oldName, newName } of pairs) {
      const [row] = await tx<{ id: string }[]>`
        select uns_meta.declare_rename(${device.group}, ${device.edge}, ${device.device}, ${oldName}, ${newName}) as id`;
      if (row !== undefined) ids.push(row.id);
    }
    return ids;
  });
}

/** @returns false when no such declaration is pending. */
export async function withdrawRename(sql: Sql, id: string): Promise<boolean> {
  const [row] = await sql<{ withdrawn: boolean }[]>`select uns_meta.withdraw_rename(${id}) as withdrawn`;
  return row?.withdrawn ?? false;
}

/** The last declarations, the newest first; pending ones only unless `all`. At most 1000. */
export async function listRenames(sql: Sql, o: { all: boolean }): Promise<RenameDeclaration[]> {
  return sql<RenameDeclaration[]>`
    select rename_id as id, group_id as "group", edge, device, old_name as "oldName", new_name as "newName", state, note,
      declared_by as "declaredBy", declared_at as "declaredAt", metric_id as "metricId"
    from uns_meta.declared_renames
    where ${o.all} or state = 'pending'
    order by rename_id desc
    limit 1000`;
}
