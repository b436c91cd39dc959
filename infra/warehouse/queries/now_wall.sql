-- The wall of promises: verdicts on events by clause, hour and outcome, from $since on; breaches that are resolved are an
-- outcome of their own. Reads sums, not events.
WITH resolved AS (FROM breaches_resolved($now::TIMESTAMPTZ) WHERE hour >= $since::TIMESTAMPTZ)
SELECT clause, hour, outcome, sum(n)::BIGINT AS n
FROM (
    SELECT clause, hour, outcome, n FROM counts WHERE hour >= $since::TIMESTAMPTZ AND hour <= $now::TIMESTAMPTZ
    UNION ALL
    SELECT clause, hour, 'breach', -n FROM resolved
    UNION ALL
    SELECT clause, hour, 'resolved', n FROM resolved
)
GROUP BY clause, hour, outcome
HAVING sum(n) > 0
ORDER BY clause, hour, outcome;
