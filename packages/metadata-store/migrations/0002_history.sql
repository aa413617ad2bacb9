-- Who changed what, when: kept by the database itself, so that manual SQL is on record too.

-- The name to put on a change: what the session says of itself, else its role.
create or replace function uns_meta.changed_by() returns text
language sql stable
as $$ select coalesce(nullif(current_setting('uns_meta.changed_by', true), ''), session_user) $$;

-- A typed property as one JSON scalar, exactly as Canary is given it. Integers beyond 2^53, NaN and the infinities have no exact
-- JSON number and become strings.
create or replace function uns_meta.property_value(p uns_meta.metric_properties) returns jsonb
language sql stable parallel safe
as $$
  select case p.type
    when 'string' then to_jsonb(p.string_value)
    when 'int' then to_jsonb(p.int_value)
    when 'boolean' then to_jsonb(p.boolean_value)
    when 'double' then
      case when p.double_value in ('NaN', 'Infinity', '-Infinity') then to_jsonb(p.double_value::text) else to_jsonb(p.double_value) end
    when 'float' then
      case when p.float_value in ('NaN', 'Infinity', '-Infinity') then to_jsonb(p.float_value::text) else to_jsonb(p.float_value) end
    when 'long' then
      case when abs(p.long_value::numeric) > 9007199254740991 then to_jsonb(p.long_value::text) else to_jsonb(p.long_value) end
  end
$$;

-- updated_at moves with every real change and never back, also when two transactions overlap: Canary drops a property that is older
-- than the one it holds. created_at never moves.
create or replace function uns_meta.touch_device() returns trigger
language plpgsql
as $$
begin
  new.created_at := old.created_at;
  new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
  return new;
end
$$;

create or replace function uns_meta.touch_metric() returns trigger
language plpgsql
as $$
begin
  new.created_at := old.created_at;
  new.created_by := old.created_by;
  new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
  return new;
end
$$;

create or replace function uns_meta.touch_property() returns trigger
language plpgsql
as $$
begin
  new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
  return new;
end
$$;

-- Triggers fire in the order of their names: first an update that changes nothing is dropped, then updated_at moves.
create or replace trigger a_drop_redundant before update on uns_meta.metrics
  for each row execute function suppress_redundant_updates_trigger();
create or replace trigger a_drop_redundant before update on uns_meta.metric_properties
  for each row execute function suppress_redundant_updates_trigger();
create or replace trigger b_touch before update on uns_meta.metrics
  for each row execute function uns_meta.touch_metric();
create or replace trigger b_touch before update on uns_meta.metric_properties
  for each row execute function uns_meta.touch_property();
-- A repeated birth moves its two times alone: that is no change of the device.
create or replace trigger b_touch
  before update of group_id, edge, device, uns_path, birth_fingerprint, created_at on uns_meta.devices
  for each row execute function uns_meta.touch_device();

-- History is written by its own triggers (security definer), so no role needs the right to write it.

create or replace function uns_meta.record_metric_changes() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into uns_meta.metric_versions (metric_id, metric_diff, changed_by)
  select metric_id, jsonb_object_agg(column_name, jsonb_build_object('from', old_value, 'to', new_value)), uns_meta.changed_by()
  from (
    select n.metric_id, c.column_name, c.old_value, c.new_value
    from after_change n
    join before_change o using (metric_id)
    cross join lateral (values
      ('name', to_jsonb(o.name), to_jsonb(n.name)),
      ('uns_path', to_jsonb(o.uns_path), to_jsonb(n.uns_path)),
      ('datatype', to_jsonb(o.datatype), to_jsonb(n.datatype)),
      ('device_id', to_jsonb(o.device_id), to_jsonb(n.device_id)),
      ('retired_at', to_jsonb(o.retired_at), to_jsonb(n.retired_at))
    ) as c (column_name, old_value, new_value)
    where c.old_value is distinct from c.new_value
  ) as changes
  group by metric_id;

  insert into uns_meta.metric_path_lineage (metric_id, old_uns_path, new_uns_path)
  select n.metric_id, o.uns_path, n.uns_path
  from after_change n
  join before_change o using (metric_id)
  where n.uns_path <> o.uns_path
  on conflict (metric_id, old_uns_path, new_uns_path) do update set changed_at = excluded.changed_at;
  return null;
end
$$;

create or replace trigger c_record_update after update on uns_meta.metrics
  referencing old table as before_change new table as after_change
  for each statement execute function uns_meta.record_metric_changes();

create or replace function uns_meta.record_inserted_properties() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into uns_meta.metric_versions (metric_id, diff, changed_by)
  select p.metric_id, jsonb_object_agg(p.key, jsonb_build_object('to', uns_meta.property_value(p))), uns_meta.changed_by()
  from after_change p
  group by p.metric_id;
  return null;
end
$$;

create or replace function uns_meta.record_updated_properties() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  -- A full join, because manual SQL may change the key itself.
  insert into uns_meta.metric_versions (metric_id, diff, changed_by)
  select
    metric_id,
    jsonb_object_agg(
      key,
      jsonb_strip_nulls(jsonb_build_object(
        'from', uns_meta.property_value(o),
        'to', uns_meta.property_value(n),
        'fromType', case when o.type <> n.type then o.type end,
        'toType', case when o.type <> n.type then n.type end
      ))
    ),
    uns_meta.changed_by()
  from before_change o
  full join after_change n using (metric_id, key)
  where o.type is distinct from n.type or uns_meta.property_value(o) is distinct from uns_meta.property_value(n)
  group by metric_id;
  return null;
end
$$;

create or replace function uns_meta.record_deleted_properties() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into uns_meta.metric_versions (metric_id, diff, changed_by)
  select p.metric_id, jsonb_object_agg(p.key, jsonb_build_object('from', uns_meta.property_value(p))), uns_meta.changed_by()
  from before_change p
  group by p.metric_id;
  return null;
end
$$;

create or replace trigger c_record_insert after insert on uns_meta.metric_properties
  referencing new table as after_change
  for each statement execute function uns_meta.record_inserted_properties();
create or replace trigger c_record_update after update on uns_meta.metric_properties
  referencing old table as before_change new table as after_change
  for each statement execute function uns_meta.record_updated_properties();
create or replace trigger c_record_delete after delete on uns_meta.metric_properties
  referencing old table as before_change
  for each statement execute function uns_meta.record_deleted_properties();

create or replace function uns_meta.refuse_rewrite() returns trigger
language plpgsql
as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op
    using errcode = 'insufficient_privilege', hint = 'Write a correction as a new change.';
end
$$;

create or replace trigger refuse_rewrite before update or delete or truncate on uns_meta.metric_versions
  for each statement execute function uns_meta.refuse_rewrite();

do $$
begin
  create aggregate uns_meta.jsonb_merge(jsonb) (sfunc = jsonb_concat, stype = jsonb, initcond = '{}');
exception
  when duplicate_function then null;
end
$$;

-- One row for what one transaction did to one metric, whatever statements it took.
create or replace view uns_meta.metric_history as
select
  v.metric_id,
  v.transaction_id,
  min(v.changed_at) as changed_at,
  min(v.changed_by) as changed_by,
  uns_meta.jsonb_merge(v.metric_diff order by v.version_id) as metric_diff,
  uns_meta.jsonb_merge(v.diff order by v.version_id) as diff
from uns_meta.metric_versions v
group by v.metric_id, v.transaction_id;
