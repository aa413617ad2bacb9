-- The change stream says which metrics changed, nothing more: the key columns are all that is published. What a metric should be in
-- Canary is read from the tables when it is delivered. Created before the first writer, so that no change precedes it.

do $$
begin
  create publication uns_meta_pub for table
    uns_meta.metrics (metric_id),
    uns_meta.metric_properties (metric_id, key);
exception
  when duplicate_object then null;
end
$$;
