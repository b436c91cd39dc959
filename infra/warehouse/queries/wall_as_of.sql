-- The wall of promises at any $now, as believed at $known (null: now): verdicts on events by clause, hour and outcome,
-- from $since on; breaches that are resolved are an outcome of their own. `now_wall` tells the same of this moment from
-- sums alone.
WITH judged AS (FROM judged_as_of($now::TIMESTAMPTZ, known := $known, since := $since)),
resolved AS (FROM breaches_resolved($now::TIMESTAMPTZ, known := $known) WHERE hour >= $since::TIMESTAMPTZ)
SELECT clause, hour, outcome, sum(n)::BIGINT AS n
FROM (
    FROM judged
    UNION ALL
    SELECT clause, hour, 'breach', -n FROM resolved
    UNION ALL
    SELECT clause, hour, 'resolved', n FROM resolved
)
GROUP BY clause, hour, outcome
HAVING sum(n) > 0
ORDER BY clause, hour, outcome;
