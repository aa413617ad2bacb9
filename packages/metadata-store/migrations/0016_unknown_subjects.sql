-- Ids of devices and edge nodes can be made up by whoever may publish. What is kept of those that are not in `devices` is bounded, and for
-- that it must be cheap to count.

-- Null: the device was in the store. Else what was not: the device, or its edge node too.
alter table uns_meta.birth_quarantine add column if not exists unknown text check (unknown in ('device', 'node'));

create index if not exists birth_quarantine_unknown on uns_meta.birth_quarantine (unknown, group_id, edge) where unknown is not null;

update uns_meta.birth_quarantine q
set unknown = case
  when exists (select from uns_meta.devices d where (d.group_id, d.edge) = (q.group_id, q.edge)) then 'device'
  else 'node'
end
where q.unknown is null
  and q.group_id <> ''
  and not exists (
    select from uns_meta.devices d
    where (d.group_id, d.edge) = (q.group_id, q.edge) and q.device in (d.device, '')
  );

grant delete on uns_meta.node_templates, uns_meta.rebirth_requests to uns_meta_app;
