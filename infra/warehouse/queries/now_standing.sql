-- Breaches by events that stand, by clause, and the hour of the latest. Reads sums, not events.
WITH hours AS (
    SELECT clause, hour, sum(n)::BIGINT AS n
    FROM counts
    WHERE outcome = 'breach' AND hour <= $now::TIMESTAMPTZ
    GROUP BY clause, hour
    HAVING sum(n) > 0
)
SELECT clause, sum(n)::BIGINT AS n, max(hour) AS last_hour
FROM hours
GROUP BY clause
ORDER BY clause;
