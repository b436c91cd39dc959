-- Per clause and system: on how many of the seven days before the last one there was evidence, and when the last was.
SELECT clause, system, max(hour) AS last_at,
    count(DISTINCT date_trunc('day', hour + ($now::TIMESTAMPTZ - date_trunc('day', $now::TIMESTAMPTZ)))) AS days
FROM counts
WHERE outcome IN ('pass', 'breach') AND hour > $now::TIMESTAMPTZ - INTERVAL 8 DAY AND hour <= $now::TIMESTAMPTZ
GROUP BY clause, system
HAVING sum(n) > 0
