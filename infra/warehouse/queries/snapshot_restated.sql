-- Breaches by events before $since that came to be known, or were withdrawn, from $since to before $now: by clause and the local quarter of the event.
-- `late`: those whose own event was recorded no earlier than $since; the others were revised by what came late.
WITH changed AS (
    SELECT v.clause, v.time, v.finding, v.source, v.id,
        min(v.believed_from) AS first_from, max(coalesce(v.believed_to, 'infinity'::TIMESTAMPTZ)) AS last_to
    FROM verdicts v
    WHERE v.outcome = 'breach' AND v.time < $since::TIMESTAMPTZ
    GROUP BY ALL
    HAVING (first_from >= $since::TIMESTAMPTZ AND first_from < $now::TIMESTAMPTZ AND last_to >= $now::TIMESTAMPTZ)
        OR (first_from < $since::TIMESTAMPTZ AND last_to >= $since::TIMESTAMPTZ AND last_to < $now::TIMESTAMPTZ)
)
SELECT clause, year(local)::INTEGER AS year, quarter(local)::INTEGER AS quarter,
    count(*) FILTER (first_from >= $since::TIMESTAMPTZ) AS added,
    count(*) FILTER (first_from >= $since::TIMESTAMPTZ AND e.recorded_at >= $since::TIMESTAMPTZ) AS late,
    count(*) FILTER (first_from < $since::TIMESTAMPTZ) AS withdrawn
FROM (SELECT *, time AT TIME ZONE $zone AS local FROM changed) c
LEFT JOIN events e ON e.time = c.time AND e.source = c.source AND e.id = c.id
GROUP BY ALL
ORDER BY year, quarter, clause
