-- The governed store: devices and metrics as the plants name them, their properties, and what the historian has acknowledged.
-- Every migration may run twice without harm.

create schema if not exists uns_meta;

do $$
begin
  create type uns_meta.property_type as enum ('int', 'long', 'float', 'double', 'string', 'boolean');
exception
  when duplicate_object then null;
end
$$;

-- Two tags that differ by case only are one tag to the historian. Case is folded as Unicode says, the same on every server, whatever the
-- locale of the database; the final sigma is a sigma. Most paths are ASCII, where that is quick.
create or replace function uns_meta.canary_key(uns_path text) returns text
language sql immutable strict parallel safe
as $$
  select case
    when octet_length(uns_path) = char_length(uns_path) then lower(replace(uns_path, '/', '.') collate "C")
    else replace(lower(replace(uns_path, '/', '.') collate "und-x-icu") collate "C", 'ς', 'σ')
  end
$$;

-- Names, paths and keys compare byte by byte (collate "C"): the same on every server, and the fastest.

create table if not exists uns_meta.devices (
  device_id bigint generated always as identity primary key,
  group_id text collate "C" not null check (group_id <> ''),
  edge text collate "C" not null check (edge <> ''),
  device text collate "C" not null check (device <> ''),
  uns_path text collate "C" not null check (uns_path <> ''),
  -- <Enterprise>/<Country>/<BusinessUnit>/<Plant>/...; a device above the plants has none.
  country text generated always as (nullif(split_part(uns_path, '/', 2), '')) stored,
  business_unit text generated always as (nullif(split_part(uns_path, '/', 3), '')) stored,
  plant text generated always as (nullif(split_part(uns_path, '/', 4), '')) stored,
  birth_fingerprint bytea,
  -- The edge's clock, bounded by ours: what decides which of two births is the newer one.
  birth_timestamp timestamptz,
  last_birth_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint devices_identity unique (group_id, edge, device),
  constraint devices_uns_path unique (uns_path) deferrable
);

-- Unique constraints on metrics are deferrable so that one statement can swap names or paths; they are still checked at its end.
create table if not exists uns_meta.metrics (
  metric_id bigint generated always as identity primary key,
  device_id bigint not null references uns_meta.devices,
  name text collate "C" not null check (name <> ''),
  uns_path text collate "C" not null check (uns_path <> ''),
  canary_id text collate "C" not null generated always as (replace(uns_path, '/', '.')) stored,
  canary_key text collate "C" not null generated always as (uns_meta.canary_key(uns_path)) stored,
  plant text generated always as (nullif(split_part(uns_path, '/', 4), '')) stored,
  -- Sparkplug datatype code.
  datatype smallint not null,
  -- Set when a complete birth no longer has the metric. Its rows stay; it comes back with its identity.
  retired_at timestamptz,
  created_by text not null default coalesce(nullif(current_setting('uns_meta.changed_by', true), ''), session_user),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint metrics_name unique (device_id, name) deferrable,
  constraint metrics_uns_path unique (uns_path) deferrable,
  constraint metrics_canary_key unique (canary_key) deferrable
);

create table if not exists uns_meta.metric_properties (
  metric_id bigint not null references uns_meta.metrics,
  key text collate "C" not null check (key <> ''),
  type uns_meta.property_type not null,
  int_value integer,
  long_value bigint,
  float_value real,
  double_value double precision,
  string_value text,
  boolean_value boolean,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (metric_id, key),
  constraint exactly_the_typed_value check (
    num_nonnulls(int_value, long_value, float_value, double_value, string_value, boolean_value) = 1
    and case type
      when 'int' then int_value is not null
      when 'long' then long_value is not null
      when 'float' then float_value is not null
      when 'double' then double_value is not null
      when 'string' then string_value is not null
      when 'boolean' then boolean_value is not null
    end
  )
);

create table if not exists uns_meta.metric_versions (
  version_id bigint generated always as identity primary key,
  metric_id bigint not null,
  -- Properties: {key: {"from": value, "to": value}}; no "from" where the property is new, no "to" where it was removed.
  diff jsonb not null default '{}',
  -- Columns of the metric itself, the path above all: {column: {"from": value, "to": value}}.
  metric_diff jsonb not null default '{}',
  changed_at timestamptz not null default clock_timestamp(),
  changed_by text not null,
  -- Rows of one transaction belong together.
  transaction_id xid8 not null default pg_current_xact_id()
);

create index if not exists metric_versions_by_metric on uns_meta.metric_versions (metric_id, changed_at);

create table if not exists uns_meta.metric_path_lineage (
  lineage_id bigint generated always as identity primary key,
  metric_id bigint not null references uns_meta.metrics,
  old_uns_path text collate "C" not null,
  new_uns_path text collate "C" not null,
  changed_at timestamptz not null default clock_timestamp(),
  constraint metric_path_lineage_step unique (metric_id, old_uns_path, new_uns_path),
  check (old_uns_path <> new_uns_path)
);

-- Hash of what the last birth said of the metric: an unchanged metric is recognised without reading its properties.
create table if not exists uns_meta.metric_fingerprints (
  metric_id bigint primary key references uns_meta.metrics,
  fingerprint bytea not null
);

-- Alias -> name as births gave them. The device is '' for the aliases of the edge node itself.
create table if not exists uns_meta.device_aliases (
  group_id text collate "C" not null,
  edge text collate "C" not null,
  device text collate "C" not null,
  aliases jsonb not null,
  -- Of the birth that taught them last: an older one teaches nothing.
  birth_timestamp timestamptz not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (group_id, edge, device)
);

-- One row for each thing that is wrong, not for each time it was seen.
create table if not exists uns_meta.birth_quarantine (
  quarantine_id bigint generated always as identity primary key,
  group_id text collate "C" not null,
  edge text collate "C" not null,
  device text collate "C" not null,
  metric text collate "C" not null default '',
  property text collate "C" not null default '',
  reason text not null,
  detail text not null,
  occurrences bigint not null default 1 check (occurrences > 0),
  first_seen timestamptz not null default clock_timestamp(),
  last_seen timestamptz not null default clock_timestamp(),
  -- Set when a complete birth no longer has the fault. Null: still so.
  resolved_at timestamptz,
  -- Of a frame that could not be read: {"topic", "bytes", "sha256", "head"}.
  sample jsonb,
  constraint birth_quarantine_subject unique (group_id, edge, device, metric, property, reason)
);

-- When each edge node was last asked for a rebirth, so that restarts do not ask again and again.
create table if not exists uns_meta.rebirth_requests (
  group_id text collate "C" not null,
  edge text collate "C" not null,
  requested_at timestamptz not null default clock_timestamp(),
  reason text not null,
  requests bigint not null default 1,
  primary key (group_id, edge)
);

-- Where the delivery of each metric stands. States and transitions: src/sync/state-machine.ts.
create table if not exists uns_meta.metric_sync (
  metric_id bigint primary key references uns_meta.metrics,
  dirty_since timestamptz,
  due_at timestamptz,
  delivery_id uuid,
  enqueued_at timestamptz,
  -- Properties that Canary has acknowledged, {key: value}, and the tag they were written to.
  delivered jsonb not null default '{}',
  delivered_tag text collate "C",
  delivered_canary_id text collate "C",
  delivered_at timestamptz,
  -- Deliveries put off in a row, and since when.
  attempts integer not null default 0,
  deferred_since timestamptz,
  failed_at timestamptz,
  failure jsonb,
  constraint due_when_dirty check ((dirty_since is null) = (due_at is null)),
  constraint enqueued_when_in_flight check ((delivery_id is null) = (enqueued_at is null)),
  constraint dead_is_neither check (failed_at is null or (dirty_since is null and delivery_id is null)),
  constraint tag_when_delivered check (
    (delivered_tag is null) = (delivered_canary_id is null) and (delivered_tag is not null or delivered = '{}')
  )
);

create index if not exists metric_sync_due on uns_meta.metric_sync (due_at) where due_at is not null and delivery_id is null;
create index if not exists metric_sync_in_flight on uns_meta.metric_sync (delivery_id) where delivery_id is not null;
create index if not exists metric_sync_dead on uns_meta.metric_sync (failed_at) where failed_at is not null;

create table if not exists uns_meta.canary_dead_letters (
  dead_letter_id bigint generated always as identity primary key,
  metric_id bigint not null references uns_meta.metrics,
  delivery_id uuid not null,
  canary_id text collate "C" not null,
  tag text collate "C",
  reason text not null,
  detail text not null,
  request text not null,
  answer text not null,
  created_at timestamptz not null default clock_timestamp(),
  resolved_at timestamptz,
  resolution text check (resolution in ('replayed', 'discarded')),
  constraint canary_dead_letters_delivery unique (delivery_id, metric_id),
  check ((resolved_at is null) = (resolution is null))
);

create index if not exists canary_dead_letters_open on uns_meta.canary_dead_letters (created_at) where resolved_at is null;

-- How far the change stream is recorded in metric_sync. Never behind what was acknowledged to the server.
create table if not exists uns_meta.cdc_progress (
  slot_name text primary key,
  system_id text not null,
  timeline integer not null,
  recorded_lsn pg_lsn not null,
  recorded_at timestamptz not null default clock_timestamp()
);
