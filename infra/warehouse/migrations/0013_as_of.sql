-- What was judged at T, as believed at `known` (null: now), by clause, hour and outcome (pass, breach, indeterminate),
-- of events not before `since` (null: all). Exact to the instant: the sums tell whole hours, so T's own hour is counted
-- from its events. The sums tell what is believed now, so at `known` every hour is: of a pass no belief is stored, so
-- passes are those that are believed now, of events stored by then, but where another verdict was believed.
CREATE MACRO judged_as_of(t, known := NULL, since := NULL) AS TABLE
    WITH told AS (
        SELECT clause, time_bucket(INTERVAL 1 HOUR, time) AS hour, outcome, source, id, time
        FROM verdicts
        WHERE believed_at(believed_from, believed_to, known::TIMESTAMPTZ) AND outcome IN ('breach', 'indeterminate')
            AND time <= t AND time >= coalesce(since::TIMESTAMPTZ, '-infinity')
    ),
    passed AS (
        SELECT time_bucket(INTERVAL 1 HOUR, time) AS hour, passed AS clauses, count(*) AS n
        FROM events
        WHERE NOT held AND passed <> '' AND time <= t AND time >= coalesce(since::TIMESTAMPTZ, '-infinity')
            AND (known IS NOT NULL OR time >= time_bucket(INTERVAL 1 HOUR, t))
            AND (known IS NULL OR recorded_at <= known::TIMESTAMPTZ)
        GROUP BY ALL
    ),
    passes AS (
        SELECT clause, hour, n FROM counts
        WHERE known IS NULL AND outcome = 'pass' AND hour < time_bucket(INTERVAL 1 HOUR, t)
            AND hour >= coalesce(since::TIMESTAMPTZ, '-infinity')
        UNION ALL
        SELECT unnest(string_split(clauses, ' ')), hour, n FROM passed
        UNION ALL
        SELECT v.clause, v.hour, -1
        FROM told v JOIN events e ON e.time = v.time AND e.source = v.source AND e.id = v.id
        WHERE known IS NOT NULL AND list_contains(string_split(e.passed, ' '), v.clause)
    )
    SELECT clause, hour, 'pass' AS outcome, sum(n)::BIGINT AS n FROM passes GROUP BY clause, hour HAVING sum(n) > 0
    UNION ALL
    SELECT clause, hour, outcome, count(*) FROM told GROUP BY clause, hour, outcome;
