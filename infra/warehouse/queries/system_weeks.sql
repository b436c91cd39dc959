-- How the promises $clauses (by spaces) were kept from $since to $now, by clause, week (its Monday in $zone) and outcome:
-- verdicts on events of $system (of all without it), and obligations of any system by the instant at which they were kept or broken.
-- Reads sums (counts) and obligations of these clauses, never events.
WITH asked AS (SELECT unnest(string_split($clauses, ' ')) AS clause),
judged AS (
    SELECT clause, hour AS settled_at, outcome, n FROM counts SEMI JOIN asked USING (clause)
    WHERE ($system IS NULL OR system = $system) AND hour >= $since::TIMESTAMPTZ AND hour <= $now::TIMESTAMPTZ
),
owed AS (
    SELECT clause, settled_at, outcome, 1 AS n
    FROM obligations_settled($now::TIMESTAMPTZ) SEMI JOIN asked USING (clause)
),
quarters AS ( -- a zone costs more than a sum, so quarters of an hour come first
    SELECT clause, time_bucket(INTERVAL 15 MINUTE, settled_at) AS at_, outcome, sum(n)::BIGINT AS n
    FROM (FROM judged UNION ALL FROM owed)
    WHERE settled_at >= $since::TIMESTAMPTZ
    GROUP BY ALL
)
SELECT clause, date_trunc('week', at_ AT TIME ZONE $zone)::DATE AS week, outcome, sum(n)::BIGINT AS n
FROM quarters
GROUP BY clause, week, outcome
HAVING sum(n) > 0
ORDER BY clause, week, outcome
