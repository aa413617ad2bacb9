-- By which mapping rules the paths of the groups' devices were made. Ingest that comes with others moves them all at once, so that two
-- devices can change places: birth by birth each would find the other's path taken.
create table if not exists uns_meta.path_rules (
  -- The groups that an ingest listens to, as configured.
  groups text primary key,
  digest text not null,
  applied_at timestamptz not null default clock_timestamp()
);

grant select, insert, update on uns_meta.path_rules to uns_meta_app;
