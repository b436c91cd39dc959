-- Breaches by events that stand at $now (those that are resolved do not), by clause, and the hour of the latest. Reads
-- sums, not events.
WITH hours AS (
    SELECT clause, hour, sum(n)::BIGINT AS n
    FROM (
        SELECT clause, hour, n FROM counts WHERE outcome = 'breach' AND hour <= $now::TIMESTAMPTZ
        UNION ALL
        SELECT clause, hour, -n FROM breaches_resolved($now::TIMESTAMPTZ)
    )
    GROUP BY clause, hour
    HAVING sum(n) > 0
)
SELECT clause, sum(n)::BIGINT AS n, max(hour) AS last_hour
FROM hours
GROUP BY clause
ORDER BY clause;
