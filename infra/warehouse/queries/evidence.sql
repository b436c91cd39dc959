-- What was seen of each clause up to $now, as believed at $known (null: now): events judged (pass or breach) and
-- obligations opened, breaches, the last one.
WITH judged AS (
    SELECT clause, sum(n) AS judged, sum(n) FILTER (outcome = 'breach') AS breaches, max(hour) AS last
    FROM judged_as_of($now::TIMESTAMPTZ, known := $known)
    WHERE outcome IN ('pass', 'breach')
    GROUP BY clause
),
owed AS (
    SELECT clause, count(*) AS judged, count(*) FILTER (outcome = 'breach') AS breaches, max(opened_at) AS last
    FROM obligations_as_of($now, known := $known)
    WHERE state <> 'cancelled'
    GROUP BY clause
)
SELECT clause, sum(judged)::BIGINT AS judged, coalesce(sum(breaches), 0)::BIGINT AS breaches, max(last) AS last
FROM (FROM judged UNION ALL FROM owed)
GROUP BY clause
ORDER BY clause
