-- The wall of promises at any $now, as believed at $known (null: now): verdicts on events by clause, hour and outcome,
-- from $since on; breaches that are resolved are an outcome of their own. `now_wall` tells the same of this moment from
-- sums alone.
WITH judged AS (FROM judged_as_of($now::TIMESTAMPTZ, known := $known, since := $since)),
resolved AS (
    SELECT clause, time_bucket(INTERVAL 1 HOUR, time) AS hour, count(*) AS n
    FROM verdicts
    WHERE believed_at(believed_from, believed_to, $known::TIMESTAMPTZ) AND outcome = 'breach'
        AND time <= $now::TIMESTAMPTZ AND time >= $since::TIMESTAMPTZ
        AND finding IN (FROM findings_resolved(least($now::TIMESTAMPTZ, $known::TIMESTAMPTZ)))
    GROUP BY ALL
)
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
