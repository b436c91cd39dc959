-- Per clause: counts of outcomes with an event time in [$since, $now], obligations included from their due instant.
WITH judged AS (
    SELECT clause, outcome, sum(n)::BIGINT AS n
    FROM counts
    WHERE hour <= $now AND ($since IS NULL OR hour >= $since)
    GROUP BY ALL
),
owed AS (
    SELECT clause, coalesce(outcome, state) AS outcome, count(*)::BIGINT AS n
    FROM obligations_as_of($now)
    WHERE $since IS NULL OR coalesce(due_at, opened_at) >= $since OR outcome IS NULL
    GROUP BY ALL
)
SELECT clause, outcome, sum(n)::BIGINT AS n
FROM (FROM judged UNION ALL FROM owed)
GROUP BY ALL
HAVING sum(n) <> 0
ORDER BY clause, outcome
