-- Pairs whose capture is not the one that the line was planted for.
SELECT count(*) FROM read_parquet($found) WHERE pass <> '' AND line % 1000000000 <> capture
