-- Up to when verdicts are settled at $now: all partitions were read past it, or to their end, 2 s before. Null: it is
-- not known, for not every partition is read.
WITH alive AS (SELECT * FROM live.beats WHERE seen_at >= $now::TIMESTAMPTZ - INTERVAL 15 SECOND)
SELECT CASE WHEN sum(partitions) >= (SELECT count(*) FROM claims)
    THEN least(min(read_to), min(seen_at)) - INTERVAL 2 SECOND END AS settled_at
FROM alive
