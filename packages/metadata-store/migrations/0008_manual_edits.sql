-- The edge owns its metadata. When somebody else changes what a birth wrote, the store forgets what it knows of that birth, so that the
-- next one, though identical to the last, is compared with the tables and puts them right, on record. Ingest says of its own writes that
-- they are births': `uns_meta.writer`, for the transaction only.

-- Forgets the fingerprints of metrics and of the births of their devices.
create or replace function uns_meta.forget_births(metric_ids bigint[], device_ids bigint[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  delete from uns_meta.metric_fingerprints where metric_id = any (metric_ids);
  update uns_meta.devices set birth_fingerprint = null where device_id = any (device_ids) and birth_fingerprint is not null;
$$;

revoke execute on function uns_meta.forget_births(bigint[], bigint[]) from public;

create or replace function uns_meta.forget_births_of_metrics() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform uns_meta.forget_births(
    (select array_agg(distinct metric_id) from changed), (select array_agg(distinct device_id) from changed));
  return null;
end
$$;

-- A metric given to another device is one that its old device misses.
create or replace function uns_meta.forget_births_of_updated_metrics() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform uns_meta.forget_births(
    (select array_agg(distinct metric_id) from changed),
    (select array_agg(distinct device_id) from (select device_id from changed union all select device_id from before_change) as d));
  return null;
end
$$;

create or replace function uns_meta.forget_births_of_properties() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform uns_meta.forget_births(array_agg(distinct m.metric_id), array_agg(distinct m.device_id))
  from changed c
  join uns_meta.metrics m using (metric_id);
  return null;
end
$$;

create or replace function uns_meta.forget_births_of_updated_properties() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform uns_meta.forget_births(array_agg(distinct m.metric_id), array_agg(distinct m.device_id))
  from (select metric_id from changed union select metric_id from before_change) as c
  join uns_meta.metrics m using (metric_id);
  return null;
end
$$;

create or replace function uns_meta.forget_all_births() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from uns_meta.metric_fingerprints;
  update uns_meta.devices set birth_fingerprint = null where birth_fingerprint is not null;
  return null;
end
$$;

create or replace trigger d_forget_insert after insert on uns_meta.metrics
  referencing new table as changed for each statement
  when (current_setting('uns_meta.writer', true) is distinct from 'birth')
  execute function uns_meta.forget_births_of_metrics();
create or replace trigger d_forget_update after update on uns_meta.metrics
  referencing old table as before_change new table as changed for each statement
  when (current_setting('uns_meta.writer', true) is distinct from 'birth')
  execute function uns_meta.forget_births_of_updated_metrics();
create or replace trigger d_forget_delete after delete on uns_meta.metrics
  referencing old table as changed for each statement
  when (current_setting('uns_meta.writer', true) is distinct from 'birth')
  execute function uns_meta.forget_births_of_metrics();

create or replace trigger d_forget_insert after insert on uns_meta.metric_properties
  referencing new table as changed for each statement
  when (current_setting('uns_meta.writer', true) is distinct from 'birth')
  execute function uns_meta.forget_births_of_properties();
create or replace trigger d_forget_update after update on uns_meta.metric_properties
  referencing old table as before_change new table as changed for each statement
  when (current_setting('uns_meta.writer', true) is distinct from 'birth')
  execute function uns_meta.forget_births_of_updated_properties();
create or replace trigger d_forget_delete after delete on uns_meta.metric_properties
  referencing old table as changed for each statement
  when (current_setting('uns_meta.writer', true) is distinct from 'birth')
  execute function uns_meta.forget_births_of_properties();
create or replace trigger d_forget_truncate after truncate on uns_meta.metric_properties
  for each statement execute function uns_meta.forget_all_births();
