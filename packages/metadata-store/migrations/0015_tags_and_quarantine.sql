-- Two tags that differ by Unicode normalisation only are one tag, also when they do so in lower case alone: H with U+0331 has no composed
-- form, h with U+0331 has. The same as `collisionKey` in the code.
create or replace function uns_meta.canary_key(uns_path text) returns text
language sql immutable strict parallel safe
as $$
  select case
    when octet_length(uns_path) = char_length(uns_path) then lower(replace(uns_path, '/', '.') collate "C")
    else replace(normalize(lower(normalize(replace(uns_path, '/', '.')) collate "und-x-icu")) collate "C", 'ς', 'σ')
  end
$$;

-- Metrics that have another key now get it, unless another one has it: their births are forgotten, and the next finds the tag taken.
do $$
begin
  if not exists (select from uns_meta.metrics where canary_key <> uns_meta.canary_key(uns_path)) then
    return;
  end if;
  perform set_config('uns_meta.writer', 'birth', true);
  -- It takes an update that sets the path to what it is for one that changes nothing.
  alter table uns_meta.metrics disable trigger a_drop_redundant;
  update uns_meta.metrics m
  set uns_path = m.uns_path
  from (
    select metric_id, uns_meta.canary_key(uns_path) as canary_key,
      row_number() over (partition by uns_meta.canary_key(uns_path) order by retired_at nulls first, metric_id) as place
    from uns_meta.metrics
    where canary_key <> uns_meta.canary_key(uns_path)
  ) as w
  where m.metric_id = w.metric_id
    and w.place = 1
    and not exists (select from uns_meta.metrics o where o.canary_key = w.canary_key);
  alter table uns_meta.metrics enable trigger a_drop_redundant;
  perform uns_meta.forget_births(array_agg(metric_id), array_agg(distinct device_id))
  from uns_meta.metrics
  where canary_key <> uns_meta.canary_key(uns_path);
end
$$;

-- When the metric because of which others were refused is deleted, their births are to be looked at again: the row tells, if it stays.
alter table uns_meta.refused_metrics drop constraint if exists refused_metrics_holder_id_fkey;

-- Resolved entries go after a time.
create index if not exists birth_quarantine_resolved on uns_meta.birth_quarantine (resolved_at) where resolved_at is not null;
