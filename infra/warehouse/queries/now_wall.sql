-- The wall of promises: verdicts on events by clause, hour and outcome, from $since on. Reads sums, not events.
SELECT clause, hour, outcome, sum(n)::BIGINT AS n
FROM counts
WHERE hour >= $since::TIMESTAMPTZ AND hour <= $now::TIMESTAMPTZ
GROUP BY clause, hour, outcome
HAVING sum(n) > 0
ORDER BY clause, hour, outcome;
