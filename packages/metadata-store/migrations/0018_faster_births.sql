-- The first birth of a plant, 98,332 metrics with 835,729 properties, in less of the server's time. Nothing means anything else now.

-- The same key. Not strict: a strict function with a CASE is not inlined, and a call took 9 us. Most paths are in normal form, also in
-- lower case; to see that takes a third of the time that making it does.
create or replace function uns_meta.canary_key(uns_path text) returns text
language sql immutable parallel safe
as $$
  select case
    when octet_length(uns_path) = char_length(uns_path) then lower(replace(uns_path, '/', '.') collate "C")
    when uns_path is normalized and lower(replace(uns_path, '/', '.') collate "und-x-icu") is normalized
      then replace(lower(replace(uns_path, '/', '.') collate "und-x-icu") collate "C", 'ς', 'σ')
    else replace(normalize(lower(normalize(replace(uns_path, '/', '.')) collate "und-x-icu")) collate "C", 'ς', 'σ')
  end
$$;

-- The same rows. Sorted by metric, each diff is finished before the next begins; the transition table has no statistics, so the planner
-- took it for a few metrics and built all their diffs at once, in a hash table that went to disk in 197 parts.
create or replace function uns_meta.record_inserted_properties() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into uns_meta.metric_versions (metric_id, diff, changed_by)
  select p.metric_id, jsonb_object_agg(p.key, jsonb_build_object('to', p.value)), uns_meta.changed_by()
  from (select c.metric_id, c.key, uns_meta.property_value(c) as value from after_change c order by c.metric_id) as p
  group by p.metric_id;
  return null;
end
$$;
