import type { TransactionSql } from 'postgres';
import type { DeviceIdentity } from '../birth/birth-metric.ts';
import { decideRenames, type DeclaredRename, type RenameDecision } from './decide-renames.ts';

/** What a birth did to the declarations of its device. */
export interface RenameOutcome {
  applied: number;
  waiting: number;
  impossible: number;
}

export type DecidedRename = DeclaredRename & { decision: RenameDecision };

/** The declarations that no birth of the device has brought about yet. */
export async function readPendingRenames(
  tx: TransactionSql,
  { group, edge, device }: DeviceIdentity,
): Promise<DeclaredRename[]> {
  return tx<DeclaredRename[]>`
    select rename_id as id, old_name as "oldName", new_name as "newName"
    from uns_meta.declared_renames
    where (group_id, edge, device) = (${group}, ${edge}, ${device}) and state = 'pending'
    order by rename_id`;
}

/** Gives the staged metrics that were renamed the identities they had under their old names. */
export async function recogniseDeclared(
  tx: TransactionSql,
  deviceId: string,
  pending: readonly DeclaredRename[],
): Promise<DecidedRename[]> {
  const names = [...new Set(pending.flatMap((rename) => [rename.oldName, rename.newName]))];
  const staged = await tx<{ name: string }[]>`
    select name from birth_metrics where name = any (${names}::text[]) and holder is null`;
  const stored = await tx<{ name: string }[]>`
    select name from uns_meta.metrics where device_id = ${deviceId} and name = any (${names}::text[])`;
  const decisions = decideRenames({
    pending,
    inBirth: new Set(staged.map((row) => row.name)),
    inStore: new Set(stored.map((row) => row.name)),
  });
  const decided = pending.map((rename): DecidedRename => {
    const decision = decisions.get(rename.id);
    if (decision === undefined) throw new Error(`rename ${rename.id} was not decided on`);
    return { ...rename, decision };
  });
  const applied = decided.filter((rename) => rename.decision.kind === 'apply');
  await tx`
    update birth_metrics b
    set metric_id = m.metric_id, is_new = false, recognised = 'd'
    from unnest(${applied.map((rename) => rename.oldName)}::text[], ${applied.map((rename) => rename.newName)}::text[]) as r (old_name, new_name)
    join uns_meta.metrics m on m.device_id = ${deviceId} and m.name = r.old_name
    where b.name = r.new_name and b.holder is null`;
  return decided;
}

/** Puts on record what became of each declaration; nothing for one that waits as before. */
export async function recordDecisions(tx: TransactionSql, decided: readonly DecidedRename[]): Promise<RenameOutcome> {
  const kept = await tx<{ id: string; state: string }[]>`
    with decided as (
      select
        d.id,
        case when d.kind = 'apply' and b.holder is null then 'applied' when d.kind = 'impossible' then 'impossible' else 'pending' end as state,
        case when d.kind = 'apply' then 'the path belongs to ' || b.holder else d.note end as note,
        b.metric_id
      from unnest(
        ${decided.map((rename) => rename.id)}::bigint[],
        ${decided.map((rename) => rename.newName)}::text[],
        ${decided.map((rename) => rename.decision.kind)}::text[],
        ${decided.map(({ decision }) => (decision.kind === 'apply' ? null : decision.note))}::text[]
      ) as d (id, new_name, kind, note)
      left join birth_metrics b on d.kind = 'apply' and b.name = d.new_name and b.recognised = 'd'
    ),
    written as (
      update uns_meta.declared_renames r
      set state = d.state,
          note = d.note,
          decided_at = clock_timestamp(),
          metric_id = case when d.state = 'applied' then d.metric_id end
      from decided d
      where r.rename_id = d.id and (r.state, r.note) is distinct from (d.state, d.note)
    )
    select id, state from decided`;
  const count = (state: string): number => kept.filter((row) => row.state === state).length;
  return { applied: count('applied'), waiting: count('pending'), impossible: count('impossible') };
}
