-- As `system_weeks`, of another moment than now: exact to the instant $now, as believed at $known (null: now). Sums tell
-- whole hours and what is believed now, so $now's own hour is counted from its events, and at $known every hour is; of
-- passes no belief is stored, so they are those of today, of events stored by then, but where another verdict was believed.
WITH asked AS (SELECT unnest(string_split($clauses, ' ')) AS clause),
told AS (
    SELECT clause, time, source, id, outcome FROM verdicts SEMI JOIN asked USING (clause)
    WHERE believed_at(believed_from, believed_to, $known::TIMESTAMPTZ) AND outcome IN ('breach', 'indeterminate')
        AND ($system IS NULL OR system = $system) AND time >= $since::TIMESTAMPTZ AND time <= $now::TIMESTAMPTZ
),
passed AS (
    SELECT time_bucket(INTERVAL 1 HOUR, time) AS hour, passed AS clauses, count(*) AS n
    FROM events
    WHERE NOT held AND passed <> '' AND ($system IS NULL OR system = $system)
        AND time >= $since::TIMESTAMPTZ AND time <= $now::TIMESTAMPTZ
        AND ($known IS NOT NULL OR time >= time_bucket(INTERVAL 1 HOUR, $now::TIMESTAMPTZ))
        AND ($known IS NULL OR recorded_at <= $known::TIMESTAMPTZ)
    GROUP BY ALL
),
judged AS (
    SELECT clause, hour AS settled_at, 'pass' AS outcome, n FROM counts
    WHERE $known IS NULL AND outcome = 'pass' AND ($system IS NULL OR system = $system)
        AND hour >= $since::TIMESTAMPTZ AND hour < time_bucket(INTERVAL 1 HOUR, $now::TIMESTAMPTZ)
    UNION ALL
    SELECT unnest(string_split(clauses, ' ')), hour, 'pass', n FROM passed
    UNION ALL
    SELECT clause, time, outcome, 1 FROM told
    UNION ALL
    SELECT v.clause, time_bucket(INTERVAL 1 HOUR, v.time), 'pass', -1
    FROM told v JOIN events e ON e.time = v.time AND e.source = v.source AND e.id = v.id
    WHERE $known IS NOT NULL AND list_contains(string_split(e.passed, ' '), v.clause)
        AND e.recorded_at <= $known::TIMESTAMPTZ
),
owed AS (
    SELECT clause, settled_at, outcome, 1 AS n
    FROM obligations_settled($now::TIMESTAMPTZ, known := $known) SEMI JOIN asked USING (clause)
),
quarters AS ( -- a zone costs more than a sum, so quarters of an hour come first
    SELECT clause, time_bucket(INTERVAL 15 MINUTE, settled_at) AS at_, outcome, sum(n)::BIGINT AS n
    FROM (FROM judged SEMI JOIN asked USING (clause) UNION ALL FROM owed)
    WHERE settled_at >= $since::TIMESTAMPTZ
    GROUP BY ALL
)
SELECT clause, date_trunc('week', at_ AT TIME ZONE $zone)::DATE AS week, outcome, sum(n)::BIGINT AS n
FROM quarters
GROUP BY clause, week, outcome
HAVING sum(n) > 0
ORDER BY clause, week, outcome
