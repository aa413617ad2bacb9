import type { Sql, TransactionSql } from 'postgres';
import type { DeviceIdentity } from '../birth/birth-metric.ts';
import { decideMoves } from './decide-moves.ts';

export interface PathRulesToApply {
  /** The groups they are for; `+` for all. */
  groups: readonly string[];
  /** Of all that decides on paths: the same digest, the same paths. */
  digest: string;
  /** Null when the rules have no path for the device, or the metric: it stays where it is. */
  pathOf: (device: DeviceIdentity) => { device: string | null; metric: (name: string) => string | null };
}

export type AppliedPathRules =
  | { kind: 'same' }
  /** `refused`: metrics and devices that stay, because others have the paths that they should have. */
  | { kind: 'applied'; devices: number; metrics: number; refused: number };

const batchRows = 20_000;

/**
 * Moves devices and metrics, retired ones too, to the paths that new mapping rules give them: all in one transaction, with lineage and
 * versions, so that swaps and chains between devices work. Does nothing when the store has the rules already. Births wait meanwhile.
 */
export function applyPathRules(sql: Sql, rules: PathRulesToApply): Promise<AppliedPathRules> {
  const groups = groupsKey(rules.groups);
  return sql.begin(async (tx): Promise<AppliedPathRules> => {
    const isApplied = async (): Promise<boolean> =>
      (await tx`select from uns_meta.path_rules where (groups, digest) = (${groups}, ${rules.digest})`).length > 0;
    if (await isApplied()) return { kind: 'same' };
    // Births begin with their device's row: those under way are waited for, others wait, and nobody waits in a circle.
    await tx`lock table uns_meta.devices in exclusive mode`;
    if (await isApplied()) return { kind: 'same' };
    await tx`select set_config('uns_meta.writer', 'birth', true)`;
    const devices = await moveDevices(tx, rules);
    const metrics = await moveMetrics(tx, rules, devices.refused);
    // Other groups may be the same devices: `+` and `Secil`. What was applied for them may be undone now.
    await tx`delete from uns_meta.path_rules where groups <> ${groups}`;
    await tx`
      insert into uns_meta.path_rules (groups, digest) values (${groups}, ${rules.digest})
      on conflict (groups) do update set digest = excluded.digest, applied_at = clock_timestamp()`;
    return {
      kind: 'applied',
      devices: devices.moved,
      metrics: metrics.moved,
      refused: devices.refused.size + metrics.refused,
    };
  });
}

/** Throws RulesReplacedError when the store has other rules for the groups, applied by another ingest since. */
export async function holdRules(
  tx: TransactionSql,
  rules: { groups: readonly string[]; digest: string },
): Promise<void> {
  const groups = groupsKey(rules.groups);
  const [found] = await tx<{ ours: boolean }[]>`
    select digest = ${rules.digest} as ours from uns_meta.path_rules where groups = ${groups}`;
  if (found?.ours === false) throw new RulesReplacedError();
}

/** Another ingest has applied other mapping rules: births of this one would move back what that one has moved. */
export class RulesReplacedError extends Error {
  override readonly name = 'RulesReplacedError';

  constructor() {
    super(
      'another ingest has applied other mapping rules or volatile properties since; give all of them the same and restart this one',
    );
  }
}

const groupsKey = (groups: readonly string[]): string => groups.toSorted().join(',');

async function moveDevices(
  tx: TransactionSql,
  { groups, pathOf }: PathRulesToApply,
): Promise<{ moved: number; refused: ReadonlySet<string> }> {
  const rows = await tx<(DeviceIdentity & { id: string; path: string; ours: boolean })[]>`
    select device_id as id, group_id as "group", edge, device, uns_path as path,
      ${groups.includes('+')} or group_id = any (${[...groups]}::text[]) as ours
    from uns_meta.devices
    order by device_id`;
  const wanted = new Map(
    rows.flatMap((row) => {
      const path = row.ours ? pathOf(row).device : null;
      return path === null || path === row.path ? [] : [[row.id, path] as const];
    }),
  );
  const moves = decideMoves(new Map(rows.map((row) => [row.id, row.path])), wanted);
  if (moves.size > 0) {
    await tx`
      update uns_meta.devices d set uns_path = m.uns_path
      from unnest(${[...moves.keys()]}::bigint[], ${[...moves.values()]}::text[]) as m (device_id, uns_path)
      where d.device_id = m.device_id`;
  }
  return { moved: moves.size, refused: new Set(wanted.keys().filter((id) => !moves.has(id))) };
}

/** Metrics of devices that could not move stay too: no birth of theirs would be taken. */
async function moveMetrics(
  tx: TransactionSql,
  rules: PathRulesToApply,
  stayingDevices: ReadonlySet<string>,
): Promise<{ moved: number; refused: number }> {
  await tx`
    create temporary table metric_moves (
      metric_id bigint primary key,
      uns_path text collate "C" not null,
      canary_key text collate "C" not null
    ) on commit drop`;
  const wanted = await stageMoves(tx, rules, stayingDevices);
  if (wanted === 0) return { moved: 0, refused: 0 };
  await tx`create index on metric_moves (canary_key)`;
  await tx`analyze metric_moves`;
  // As in decideMoves, for a million rows. Metrics in use before retired ones.
  await tx`
    delete from metric_moves
    where metric_id in (
      select metric_id
      from (
        select w.metric_id, row_number() over (partition by w.canary_key order by m.retired_at nulls first, w.metric_id) as place
        from metric_moves w
        join uns_meta.metrics m using (metric_id)
      ) as rivals
      where place > 1
    )`;
  let refused: number;
  do {
    const result = await tx`
      delete from metric_moves w
      using uns_meta.metrics h
      where h.canary_key = w.canary_key
        and h.metric_id <> w.metric_id
        and not exists (select from metric_moves moving where moving.metric_id = h.metric_id)`;
    refused = result.count;
  } while (refused > 0);
  const moved = await tx`
    update uns_meta.metrics m set uns_path = w.uns_path from metric_moves w where m.metric_id = w.metric_id`;
  return { moved: moved.count, refused: wanted - moved.count };
}

/** In batches, in the order of the ids: no more than one is held. Returns the number of metrics that want to move. */
async function stageMoves(
  tx: TransactionSql,
  { groups, pathOf }: PathRulesToApply,
  stayingDevices: ReadonlySet<string>,
): Promise<number> {
  type Row = DeviceIdentity & { id: string; deviceId: string; name: string; path: string };
  let wanted = 0;
  let mapped: { deviceId: string; metric: (name: string) => string | null } = { deviceId: '', metric: () => null };
  for (let last = '0'; ;) {
    const rows: Row[] = await tx<Row[]>`
      select m.metric_id as id, m.device_id as "deviceId", d.group_id as "group", d.edge, d.device, m.name, m.uns_path as path
      from uns_meta.metrics m
      join uns_meta.devices d using (device_id)
      where m.metric_id > ${last} and (${groups.includes('+')} or d.group_id = any (${[...groups]}::text[]))
      order by m.metric_id
      limit ${batchRows}`;
    const moves: [id: string, path: string][] = [];
    for (const row of rows) {
      if (mapped.deviceId !== row.deviceId) mapped = { deviceId: row.deviceId, metric: pathOf(row).metric };
      const stays = isSuperseded(row) || stayingDevices.has(row.deviceId);
      const path = stays ? null : mapped.metric(row.name);
      if (path !== null && path !== row.path) moves.push([row.id, path]);
    }
    if (moves.length > 0) {
      await tx`
        insert into metric_moves (metric_id, uns_path, canary_key)
        select metric_id, uns_path, uns_meta.canary_key(uns_path)
        from unnest(${moves.map(([id]) => id)}::bigint[], ${moves.map(([, path]) => path)}::text[]) as w (metric_id, uns_path)`;
    }
    wanted += moves.length;
    if (rows.length < batchRows) return wanted;
    last = rows.at(-1)?.id ?? last;
  }
}

/** A metric whose name or tag another one has taken: see resolve-conflicts.ts. It does not come back by itself. */
const isSuperseded = ({ name, path }: { name: string; path: string }): boolean =>
  path.includes('#superseded-') || name.includes('#superseded-');
