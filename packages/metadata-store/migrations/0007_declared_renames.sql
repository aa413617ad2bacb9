-- What somebody said about a name that changes at the edge: the metric that was `old_name` is `new_name` from its next birth on. Without
-- such a word a new name is a new metric.
create table if not exists uns_meta.declared_renames (
  rename_id bigint generated always as identity primary key,
  group_id text collate "C" not null,
  edge text collate "C" not null,
  device text collate "C" not null,
  old_name text collate "C" not null check (old_name <> ''),
  new_name text collate "C" not null check (new_name <> ''),
  declared_at timestamptz not null default clock_timestamp(),
  declared_by text not null,
  -- pending: no birth has brought it about yet. impossible: no birth can, `note` says why.
  state text not null default 'pending' check (state in ('pending', 'applied', 'impossible', 'withdrawn')),
  -- Why the last birth did not bring it about.
  note text,
  -- When a birth last decided on it, and the metric that got the name.
  decided_at timestamptz,
  metric_id bigint references uns_meta.metrics on delete set null,
  check (old_name <> new_name)
);

-- Names are swapped and passed on in chains, but nothing is renamed to two names, nor two things to one.
create unique index if not exists declared_renames_old on uns_meta.declared_renames (group_id, edge, device, old_name)
  where state = 'pending';
create unique index if not exists declared_renames_new on uns_meta.declared_renames (group_id, edge, device, new_name)
  where state = 'pending';

-- Declares a rename. All declarations of a swap or a chain belong into one transaction, so that no birth comes between them.
create or replace function uns_meta.declare_rename(p_group text, p_edge text, p_device text, p_old_name text, p_new_name text)
returns bigint
language plpgsql
as $$
declare
  v_device_id bigint;
  v_rename_id bigint;
begin
  select device_id into v_device_id from uns_meta.devices where (group_id, edge, device) = (p_group, p_edge, p_device);
  if v_device_id is null then
    raise exception 'no device %/%/% is known', p_group, p_edge, p_device
      using errcode = 'no_data_found', hint = 'Group, edge node and device are written as in the topic of its births.';
  end if;
  if not exists (select from uns_meta.metrics where device_id = v_device_id and name = p_old_name) then
    raise exception 'device %/%/% has no metric "%"', p_group, p_edge, p_device, p_old_name
      using errcode = 'no_data_found', hint = 'Names are written as the edge publishes them, not as paths.';
  end if;
  insert into uns_meta.declared_renames (group_id, edge, device, old_name, new_name, declared_by)
  values (p_group, p_edge, p_device, p_old_name, p_new_name, uns_meta.changed_by())
  returning rename_id into v_rename_id;
  -- A birth that was seen before is looked at again.
  update uns_meta.devices set birth_fingerprint = null where device_id = v_device_id;
  return v_rename_id;
end
$$;

-- Takes back a declaration that no birth has brought about. False when there is no such one.
create or replace function uns_meta.withdraw_rename(p_rename_id bigint)
returns boolean
language sql
as $$
  with withdrawn as (
    update uns_meta.declared_renames set state = 'withdrawn', decided_at = clock_timestamp()
    where rename_id = p_rename_id and state = 'pending'
    returning 1
  )
  select exists (select from withdrawn)
$$;

grant select, insert, update on uns_meta.declared_renames to uns_meta_app;
