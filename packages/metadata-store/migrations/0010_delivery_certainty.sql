-- What is known of deliveries that did not end well, apart for each question asked of it.

alter table uns_meta.metric_sync
  -- The first change that Canary has not acknowledged. Claims, losses and deferrals leave it: it is how long somebody has waited.
  add column if not exists pending_since timestamptz,
  -- The first of the answers "no such tag" in a row. Giving up counts from here, not from an outage before it.
  add column if not exists unknown_since timestamptz,
  -- A delivery ended without an answer: Canary may hold any value it carried, so the next one carries everything.
  add column if not exists in_doubt boolean not null default false,
  -- Of a repair: its properties are written as of this time, the same at each try, so that they win over whatever is there.
  add column if not exists repair_at timestamptz,
  -- Deliveries in a row whose job ended without a receipt.
  add column if not exists losses integer not null default 0;

update uns_meta.metric_sync
set pending_since = least(dirty_since, enqueued_at, deferred_since)
where pending_since is null and (dirty_since is not null or delivery_id is not null);

update uns_meta.metric_sync
set unknown_since = deferred_since
where unknown_since is null and failure ->> 'reason' = 'TAG_NOT_FOUND';
