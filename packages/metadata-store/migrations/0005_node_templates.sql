-- Template (UDT) definitions come in the birth of the edge node only, and births of its devices refer to them at any later time. Kept,
-- so that a restart does not make inherited properties look removed. No row: no birth of the node has been seen.
create table if not exists uns_meta.node_templates (
  group_id text collate "C" not null,
  edge text collate "C" not null,
  -- The definitions alone, as a Sparkplug payload; empty when the node has none.
  definitions bytea not null,
  birth_timestamp timestamptz not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (group_id, edge)
);

grant select, insert, update on uns_meta.node_templates to uns_meta_app;
