-- Dead letters are looked through, resolved by somebody, and removed some time after that.

alter table uns_meta.canary_dead_letters
  add column if not exists resolved_by text;

-- superseded: the metric was delivered since then, so there is nothing left to do.
alter table uns_meta.canary_dead_letters drop constraint if exists canary_dead_letters_resolution_check;
alter table uns_meta.canary_dead_letters
  add constraint canary_dead_letters_resolution_check check (resolution in ('replayed', 'discarded', 'superseded'));

create index if not exists canary_dead_letters_resolved
  on uns_meta.canary_dead_letters (resolved_at) where resolved_at is not null;
-- The open ones of a metric: there are few, and each replay looks for them.
create index if not exists canary_dead_letters_metric
  on uns_meta.canary_dead_letters (metric_id) where resolved_at is null;

grant delete on uns_meta.canary_dead_letters to uns_meta_cdc;
