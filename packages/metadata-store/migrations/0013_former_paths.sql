-- Who had a path before: what Canary may still hold under its tag is theirs.
create index if not exists metric_path_lineage_by_old_path on uns_meta.metric_path_lineage (old_uns_path);
