-- What follows an unsubscription, as believed at $known (null: now), one row: `lasts`, of those mailed from $since to $now after they left (NEWS-4), the
-- seconds from leaving to the last mail (null: not told); `took`, the seconds from leaving to the deletion (NEWS-5) of
-- those who were deleted since: median, 95th of 100; its term; how many wait, are overdue. Reads standing findings of
-- NEWS-4 and obligations of NEWS-5.
WITH mailed AS (
    SELECT epoch(max(time) - max(try_cast(evidence ->> '$."subject.unsubscribed_at"' AS TIMESTAMPTZ)))::DOUBLE AS took
    FROM verdicts
    WHERE clause = 'NEWS-4' AND outcome = 'breach' AND believed_at(believed_from, believed_to, $known::TIMESTAMPTZ)
        AND time >= $since::TIMESTAMPTZ AND time <= $now::TIMESTAMPTZ
    GROUP BY subject, evidence ->> '$."subject.unsubscribed_at"'
),
deleted AS (
    SELECT state, seconds_between(opened_at, due_at)::DOUBLE AS term,
        CASE WHEN met_at >= $since::TIMESTAMPTZ THEN seconds_between(opened_at, met_at)::DOUBLE END AS took
    FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
    WHERE clause = 'NEWS-5'
)
SELECT coalesce((SELECT list(took ORDER BY took) FROM mailed), []) AS lasts, count(took) AS deleted,
    quantile_cont(took, 0.5) AS took_p50, quantile_cont(took, 0.95) AS took_p95, max(term) AS term,
    count(*) FILTER (state = 'open') AS waiting, count(*) FILTER (state = 'overdue') AS overdue
FROM deleted
