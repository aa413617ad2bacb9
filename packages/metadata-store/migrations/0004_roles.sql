-- Least privilege. The roles cannot log in until an administrator gives them a password (docs/runbooks/postgresql.md), and belong to
-- the whole server, so they may be there already.

do $$
declare
  wanted record;
begin
  for wanted in select * from (values ('uns_meta_app', ''), ('uns_meta_cdc', 'replication')) as roles (name, attributes) loop
    begin
      execute format('create role %I nologin %s', wanted.name, wanted.attributes);
    exception
      -- Two databases of one server may be migrated at the same time.
      when duplicate_object or unique_violation then null;
    end;
  end loop;
end
$$;

grant usage on schema uns_meta to uns_meta_app, uns_meta_cdc;

-- ingest: writes births. History is out of reach: its triggers write it.
grant select, insert, update on uns_meta.devices, uns_meta.metrics, uns_meta.rebirth_requests to uns_meta_app;
grant select, insert, update, delete
  on uns_meta.metric_properties, uns_meta.metric_fingerprints, uns_meta.device_aliases, uns_meta.birth_quarantine to uns_meta_app;
-- A birth numbers its new metrics before it inserts them.
grant usage on sequence uns_meta.metrics_metric_id_seq to uns_meta_app;
grant select on uns_meta.metric_versions, uns_meta.metric_path_lineage, uns_meta.metric_history to uns_meta_app;

-- cdc: reads the desired state, keeps the state of delivery.
grant select on uns_meta.devices, uns_meta.metrics, uns_meta.metric_properties, uns_meta.metric_versions,
  uns_meta.metric_path_lineage, uns_meta.metric_history to uns_meta_cdc;
grant select, insert, update on uns_meta.metric_sync, uns_meta.canary_dead_letters, uns_meta.cdc_progress to uns_meta_cdc;
