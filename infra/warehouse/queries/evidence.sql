-- What was seen of each clause up to $now: events judged (pass or breach) and obligations opened, breaches, the last one.
WITH judged AS (
    SELECT clause, sum(n)::BIGINT AS judged, (sum(n) FILTER (outcome = 'breach'))::BIGINT AS breaches, max(hour) AS last
    FROM counts
    WHERE outcome IN ('pass', 'breach') AND hour <= $now
    GROUP BY clause
    HAVING sum(n) > 0
),
owed AS (
    SELECT clause, count(*) AS judged, count(*) FILTER (outcome = 'breach') AS breaches, max(opened_at) AS last
    FROM obligations_as_of($now)
    WHERE state <> 'cancelled'
    GROUP BY clause
)
SELECT clause, sum(judged)::BIGINT AS judged, coalesce(sum(breaches), 0)::BIGINT AS breaches, max(last) AS last
FROM (FROM judged UNION ALL FROM owed)
GROUP BY clause
ORDER BY clause
