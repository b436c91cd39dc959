-- Requests of people that were answered from $since to before $now, or are overdue, by right and days to the answer.
SELECT coalesce(json_extract_string(e.data, '$.right'), '') AS "right", o.state,
    floor(seconds_between(o.opened_at, o.met_at) / 86400)::INTEGER AS days, count(*) AS n,
    count(DISTINCT o.subject) AS people
FROM obligations_as_of($now::TIMESTAMPTZ) o JOIN events e ON e.source = o.source AND e.id = o.id
WHERE o.clause = 'RIGHT-1' AND e.type = 'rights.request_received'
    AND ((o.met_at >= $since::TIMESTAMPTZ AND o.met_at < $now::TIMESTAMPTZ AND o.state IN ('met', 'met_late'))
        OR (o.state = 'overdue' AND o.due_at >= $since::TIMESTAMPTZ))
GROUP BY ALL
ORDER BY "right", state, days
