-- Two paths of 2,000 bytes do not fit into one row of an index (2,704 bytes): their hashes do.
create unique index if not exists metric_path_lineage_step_hashed
  on uns_meta.metric_path_lineage (metric_id, hashtextextended(old_uns_path, 0), hashtextextended(new_uns_path, 0));
alter table uns_meta.metric_path_lineage drop constraint if exists metric_path_lineage_step;

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
  on conflict (metric_id, hashtextextended(old_uns_path, 0), hashtextextended(new_uns_path, 0))
    do update set changed_at = excluded.changed_at;
  return null;
end
$$;

-- Rules that are applied to some groups make what is on record for others stale: see apply-path-rules.ts.
grant delete on uns_meta.path_rules to uns_meta_app;
