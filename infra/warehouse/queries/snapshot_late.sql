-- Breaches from $since to before $now that came to be believed after $known: by clause, how many, and how many of them of events recorded after it.
SELECT f.clause, count(*) AS n, count(*) FILTER (e.recorded_at > $known::TIMESTAMPTZ) AS late
FROM findings_as_of($now::TIMESTAMPTZ) f LEFT JOIN events e ON e.source = f.source AND e.id = f.id
WHERE f.outcome = 'breach' AND f.believed_from > $known::TIMESTAMPTZ
    AND coalesce(f.due_at, f.time) >= $since::TIMESTAMPTZ AND coalesce(f.due_at, f.time) < $now::TIMESTAMPTZ
GROUP BY f.clause
ORDER BY f.clause
