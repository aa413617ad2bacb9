-- Metrics that the last birth of their device had and the store has not, because another metric holds the path. As long as the holder
-- holds it an identical birth need not be looked at; when it no longer does, the birth is worth reading again.
create table if not exists uns_meta.refused_metrics (
  device_id bigint not null references uns_meta.devices,
  name text collate "C" not null,
  canary_key text collate "C" not null,
  holder_id bigint not null references uns_meta.metrics on delete cascade,
  refused_at timestamptz not null default clock_timestamp(),
  primary key (device_id, name)
);

create index if not exists refused_metrics_by_holder on uns_meta.refused_metrics (holder_id);

grant select, insert, update, delete on uns_meta.refused_metrics to uns_meta_app;
