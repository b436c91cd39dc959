-- Since when this installation has records; null: it has none.
SELECT min(recorded_at) AS since FROM batches
