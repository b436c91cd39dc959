-- How far each partition of each topic was read.
SELECT topic, "partition", next, read_to, recorded_at FROM offsets ORDER BY topic, "partition"
